#include "experiments/distributed/rank_watch.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr char kRunning[] = "running";
constexpr char kFailed[] = "failed";
constexpr char kEnded[] = "ended";

std::string StateKey(int rank) { return absl::StrCat("state/", rank); }

// What a rank writes: "running 17 4 sum of 10 numbers": the state, a count of
// its writes, how many collective operations it has begun, and the last of them
// (or, of kFailed, the reason).
struct RankState {
  std::string kind = kRunning;
  std::int64_t collectives = 0;
  std::string text;
};

std::string Format(const RankState& state, std::int64_t writes) {
  return absl::StrCat(state.kind, " ", writes, " ", state.collectives, " ",
                      state.text);
}

std::optional<RankState> Parse(absl::string_view line) {
  const std::vector<std::string> parts =
      absl::StrSplit(line, absl::MaxSplits(' ', 3));
  RankState state;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[2], &state.collectives)) {
    return std::nullopt;
  }
  state.kind = parts[0];
  state.text = parts[3];
  if (state.kind != kRunning && state.kind != kFailed && state.kind != kEnded) {
    return std::nullopt;
  }
  return state;
}

// "14 rank 2 is gone": the code and the message.
std::string FormatFailure(const absl::Status& failure) {
  return absl::StrCat(failure.raw_code(), " ", failure.message());
}

absl::Status ParseFailure(absl::string_view text) {
  const std::pair<std::string, std::string> code_and_message =
      absl::StrSplit(text, absl::MaxSplits(' ', 1));
  int code = 0;
  if (!absl::SimpleAtoi(code_and_message.first, &code) || code == 0) {
    return absl::AbortedError(text);
  }
  return absl::Status(static_cast<absl::StatusCode>(code),
                      code_and_message.second);
}

struct Peer {
  std::string line;        // As last read.
  RankState state;         // The same, parsed.
  milliseconds silent{0};  // Since the line changed.
};

}  // namespace

std::string RankList(const std::vector<int>& ranks) {
  if (ranks.size() == 1) return absl::StrCat("rank ", ranks.front());
  const std::vector<int> but_last(ranks.begin(), ranks.end() - 1);
  return absl::StrCat("ranks ", absl::StrJoin(but_last, ", "), " and ",
                      ranks.back());
}

class RankWatch::State {
 public:
  State(std::unique_ptr<RankStore> store, RankWatchOptions options)
      : options(std::move(options)),
        store_(std::move(store)),
        peers_(this->options.size) {}

  void Run();
  void Leave();
  absl::StatusOr<std::int64_t> Begin(absl::string_view what);
  void End();
  absl::Status WaitForFailure(milliseconds at_most);
  absl::Status Fail(const absl::Status& failure);
  std::string Stragglers();

  const RankWatchOptions options;

 private:
  using Lock = std::unique_lock<std::mutex>;

  // Writes this rank's state. False if it was the last one to write.
  bool Publish(Lock& lock);
  void ReadPeers(Lock& lock, milliseconds elapsed);
  // A line for each rank; empty of those that have not written yet.
  absl::StatusOr<std::vector<std::string>> ReadLines();
  void UpdatePeer(int rank, const std::string& line, milliseconds elapsed);
  void JudgePeers();
  bool AllPeersAreDone() const;
  void Linger(Lock& lock);
  void FailLocked(const absl::Status& failure);
  std::string StoreIsLost(const absl::Status& status) const;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Used by the thread only, and not under the mutex: a call may block.
  const std::unique_ptr<RankStore> store_;
  // All below are guarded by mutex_.
  absl::Status failure_;
  bool leaving_ = false;
  bool done_ = false;
  bool waiting_ = false;  // Between Begin and End.
  std::int64_t collectives_ = 0;
  std::string what_ = "none";
  std::int64_t writes_ = 0;
  std::vector<Peer> peers_;
};

void RankWatch::State::Run() {
  Lock lock(mutex_);
  auto last = steady_clock::now();
  while (Publish(lock)) {
    // However long this process itself stood still, that says nothing of the
    // others.
    const auto now = steady_clock::now();
    const auto elapsed =
        std::min(std::chrono::duration_cast<milliseconds>(now - last),
                 4 * options.interval);
    last = now;
    ReadPeers(lock, elapsed);
    JudgePeers();
    changed_.wait_for(lock, options.interval,
                      [&] { return leaving_ || !failure_.ok(); });
  }
  if (options.keeps_store) Linger(lock);
  done_ = true;
  changed_.notify_all();
}

bool RankWatch::State::Publish(Lock& lock) {
  RankState state{kRunning, collectives_, what_};
  if (leaving_) state.kind = kEnded;
  if (!failure_.ok()) {
    state.kind = kFailed;
    state.text = FormatFailure(failure_);
  }
  const std::string line = Format(state, ++writes_);
  lock.unlock();
  const absl::Status written = store_->Set(StateKey(options.rank), line);
  lock.lock();
  if (!written.ok()) FailLocked(absl::UnavailableError(StoreIsLost(written)));
  return written.ok() && state.kind == kRunning;
}

void RankWatch::State::ReadPeers(Lock& lock, milliseconds elapsed) {
  lock.unlock();
  const auto lines = ReadLines();
  lock.lock();
  if (!lines.ok()) {
    FailLocked(absl::UnavailableError(StoreIsLost(lines.status())));
    return;
  }
  for (int rank = 0; rank < options.size; ++rank) {
    UpdatePeer(rank, (*lines)[rank], elapsed);
  }
}

absl::StatusOr<std::vector<std::string>> RankWatch::State::ReadLines() {
  std::vector<std::string> keys;
  for (int rank = 0; rank < options.size; ++rank) {
    keys.push_back(StateKey(rank));
  }
  ASSIGN_OR_RETURN(auto lines, store_->Get(keys));
  if (lines.has_value()) return *std::move(lines);
  std::vector<std::string> found(options.size);
  for (int rank = 0; rank < options.size; ++rank) {
    ASSIGN_OR_RETURN(auto line, store_->Get({keys[rank]}));
    if (line.has_value()) found[rank] = line->front();
  }
  return found;
}

void RankWatch::State::UpdatePeer(int rank, const std::string& line,
                                  milliseconds elapsed) {
  Peer& peer = peers_[rank];
  if (line == peer.line) {
    peer.silent += elapsed;
    return;
  }
  peer.line = line;
  peer.silent = milliseconds(0);
  std::optional<RankState> state = Parse(line);
  if (!state.has_value()) {
    FailLocked(absl::FailedPreconditionError(
        absl::StrCat("rank ", rank, " wrote \"", line,
                     "\", which is no state of a rank: do all ranks run the "
                     "same program?")));
    return;
  }
  peer.state = *std::move(state);
}

void RankWatch::State::JudgePeers() {
  std::vector<int> gone;
  for (int rank = 0; rank < options.size; ++rank) {
    const Peer& peer = peers_[rank];
    if (rank == options.rank) continue;
    if (peer.state.kind == kFailed) {
      FailLocked(ParseFailure(peer.state.text));
    } else if (peer.state.kind == kRunning && peer.silent >= options.silence) {
      gone.push_back(rank);
    } else if (peer.state.kind == kEnded && waiting_ &&
               collectives_ > peer.state.collectives) {
      FailLocked(absl::UnavailableError(absl::StrCat(
          "rank ", rank, " has ended, without a reason, after operation ",
          peer.state.collectives, " (", peer.state.text, "); rank ",
          options.rank, " waits for it in operation ", collectives_, " (",
          what_, ")")));
    }
  }
  if (gone.empty()) return;
  FailLocked(absl::UnavailableError(
      absl::StrCat(RankList(gone), gone.size() == 1 ? " is" : " are",
                   " gone: no sign of life for ",
                   std::chrono::duration<double>(options.silence).count(),
                   " s; killed, out of memory, or its machine lost")));
}

std::string RankWatch::State::StoreIsLost(const absl::Status& status) const {
  const bool ended = peers_[0].state.kind == kEnded && !options.keeps_store;
  return absl::StrCat(
      options.store_keeper, ", which keeps what the ranks tell each other, ",
      ended ? "has ended" : "is gone", " (", status.message(), ")");
}

bool RankWatch::State::AllPeersAreDone() const {
  for (int rank = 0; rank < options.size; ++rank) {
    if (rank != options.rank && peers_[rank].state.kind == kRunning &&
        peers_[rank].silent < options.silence) {
      return false;
    }
  }
  return true;
}

void RankWatch::State::Linger(Lock& lock) {
  const auto end = steady_clock::now() + options.silence;
  while (!AllPeersAreDone() && steady_clock::now() < end) {
    changed_.wait_for(lock, options.interval, [] { return false; });
    ReadPeers(lock, options.interval);
  }
}

void RankWatch::State::Leave() {
  Lock lock(mutex_);
  leaving_ = true;
  changed_.notify_all();
  // A store that does not answer would hold the thread for ever; it then keeps
  // its share of this object.
  changed_.wait_for(lock, 2 * options.silence, [&] { return done_; });
}

absl::StatusOr<std::int64_t> RankWatch::State::Begin(absl::string_view what) {
  const Lock lock(mutex_);
  if (!failure_.ok()) return failure_;
  waiting_ = true;
  what_ = std::string(what);
  return ++collectives_;
}

void RankWatch::State::End() {
  const Lock lock(mutex_);
  waiting_ = false;
}

absl::Status RankWatch::State::WaitForFailure(milliseconds at_most) {
  Lock lock(mutex_);
  changed_.wait_for(lock, at_most, [&] { return !failure_.ok(); });
  return failure_;
}

absl::Status RankWatch::State::Fail(const absl::Status& failure) {
  const Lock lock(mutex_);
  FailLocked(failure);
  return failure_;
}

void RankWatch::State::FailLocked(const absl::Status& failure) {
  if (!failure_.ok()) return;
  failure_ = failure;
  changed_.notify_all();
}

std::string RankWatch::State::Stragglers() {
  const Lock lock(mutex_);
  std::vector<std::string> all;
  for (int rank = 0; rank < options.size; ++rank) {
    const RankState& state = peers_[rank].state;
    const bool same = state.collectives == collectives_ && state.text == what_;
    if (rank == options.rank || same) continue;
    all.push_back(absl::StrCat("rank ", rank, " is in or after operation ",
                               state.collectives, " (", state.text, ")"));
  }
  return absl::StrJoin(all, ", ");
}

RankWatch::RankWatch(std::unique_ptr<RankStore> store, RankWatchOptions options)
    : state_(std::make_shared<State>(std::move(store), std::move(options))) {
  std::thread([state = state_] { state->Run(); }).detach();
}

RankWatch::~RankWatch() { state_->Leave(); }

absl::StatusOr<std::int64_t> RankWatch::Begin(absl::string_view what) {
  return state_->Begin(what);
}

void RankWatch::End() { state_->End(); }

absl::Status RankWatch::status() const {
  return state_->WaitForFailure(milliseconds(0));
}

absl::Status RankWatch::WaitForFailure(milliseconds at_most) const {
  return state_->WaitForFailure(at_most);
}

absl::Status RankWatch::Fail(const absl::Status& failure) {
  return state_->Fail(failure);
}

std::string RankWatch::Stragglers() const { return state_->Stragglers(); }

const RankWatchOptions& RankWatch::options() const { return state_->options; }

}  // namespace culturemert
