#include "datasets/synthesis/western_composer.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "datasets/synthesis/western_parts.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr double kSlowBeatsPerMinute = 80;
constexpr double kFastBeatsPerMinute = 135;
constexpr int kQuietVelocity = 62;
constexpr int kLoudVelocity = 102;
constexpr double kMiddleCCents = 6000;
constexpr double kGuestChance = 0.2;
constexpr double kRestChance = 0.22;
constexpr double kOtherKitChance = 0.4;

template <typename T>
const T& FindNamed(const std::vector<T>& things, const std::string& name) {
  return *std::find_if(things.begin(), things.end(),
                       [&](const T& thing) { return thing.name == name; });
}

const WesternStyle& ChooseStyle(const WesternCorpus& corpus,
                                const Repertoire& repertoire,
                                const Tune& tune) {
  std::vector<int> weights;
  for (const WesternCorpus::Share& share : corpus.shares) {
    weights.push_back(share.weight);
  }
  return FindNamed(
      WesternStyles(),
      corpus.shares[repertoire.Balanced(tune, "style", weights)].style);
}

const WesternInstrument* Choose(const std::vector<Choice>& choices,
                                Draws* draws) {
  std::vector<double> weights;
  for (const Choice& choice : choices) weights.push_back(choice.weight);
  const std::string& name = choices[draws->Weighted(weights)].name;
  return name.empty() ? nullptr : &FindNamed(WesternInstruments(), name);
}

// Who plays in one recording; nullptr for nobody.
struct LineUp {
  const WesternInstrument* lead;
  const WesternInstrument* chords;
  const WesternInstrument* bass;
  Beat beat;  // Without lines: no drums.
};

// A recording catches the music at any moment, where some of the players rest,
// and not all bands have the usual line-up.
LineUp DrawLineUp(const WesternStyle& style, Draws* draws) {
  LineUp line_up = {Choose(style.leads, draws), Choose(style.chords, draws),
                    Choose(style.basses, draws), style.beat};
  const bool has_guest = draws->Chance(kGuestChance);
  const std::string& guest = draws->Pick(WesternGuests());
  if (has_guest && line_up.chords != nullptr) {
    line_up.chords = &FindNamed(WesternInstruments(), guest);
  }
  const LineUp all = line_up;
  if (draws->Chance(kRestChance)) line_up.lead = nullptr;
  if (draws->Chance(kRestChance)) line_up.chords = nullptr;
  if (draws->Chance(kRestChance)) line_up.bass = nullptr;
  if (draws->Chance(kRestChance)) line_up.beat.lines.clear();
  if (draws->Chance(kOtherKitChance)) {
    line_up.beat.kit = draws->Pick(WesternKits());
  }
  const bool someone = line_up.lead != nullptr || line_up.chords != nullptr;
  return someone ? line_up : all;
}

WesternStage SetStage(const WesternStyle& style, const WesternTune& tune,
                      double seconds, Draws* draws) {
  WesternStage stage;
  stage.tune = &tune;
  stage.tonic_cents =
      kMiddleCCents + 100.0 * draws->Integer(-5, 6) + draws->Around0(15);
  stage.seconds = seconds;
  stage.seconds_per_step = 15 / draws->Between(style.beats_per_minute_low,
                                               style.beats_per_minute_high);
  stage.first_bar = 4 * draws->Integer(0, 1);
  stage.velocity = draws->Integer(style.velocity_low, style.velocity_high);
  return stage;
}

Room DrawWesternRoom(int velocity, Draws* draws) {
  Room room = DrawRoom(draws);
  // What is played loud is also recorded somewhat louder.
  room.level_dbfs = draws->Between(-26, -18) + (velocity - 80) * 0.12;
  return room;
}

// Adds one part and the tags of its instrument.
void AddPart(Part part, const WesternInstrument& instrument, Piece* piece,
             std::set<std::string>* tags) {
  if (part.notes.empty()) return;
  tags->insert(instrument.tags.begin(), instrument.tags.end());
  piece->score.parts.push_back(std::move(part));
}

// What each player does is drawn from a stream of its own, so that the line-up
// does not depend on how long they play.
void AddParts(const WesternStyle& style, const LineUp& line_up,
              const WesternStage& stage, const RandomStream& performance,
              Piece* piece, std::set<std::string>* tags) {
  if (line_up.lead != nullptr) {
    Draws draws(performance.Substream(StreamId("lead")));
    AddPart(PlayWesternMelody(stage, *line_up.lead, &draws), *line_up.lead,
            piece, tags);
  }
  if (line_up.chords != nullptr) {
    Draws draws(performance.Substream(StreamId("chords")));
    AddPart(
        PlayWesternChords(stage, style.chord_figure, *line_up.chords, &draws),
        *line_up.chords, piece, tags);
  }
  if (line_up.bass != nullptr) {
    Draws draws(performance.Substream(StreamId("bass")));
    AddPart(PlayWesternBass(stage, style.bass_figure, *line_up.bass, &draws),
            *line_up.bass, piece, tags);
  }
  if (!line_up.beat.lines.empty()) {
    Draws draws(performance.Substream(StreamId("drums")));
    piece->score.parts.push_back(PlayBeat(stage, line_up.beat, &draws));
    tags->insert("instrument:drums");
    if (line_up.beat.lines.size() > 2) tags->insert("texture:beat");
  }
}

void AddGeneralTags(const WesternStage& stage, const Score& score,
                    std::set<std::string>* tags) {
  if (score.pulses_per_minute < kSlowBeatsPerMinute) tags->insert("tempo:slow");
  if (score.pulses_per_minute > kFastBeatsPerMinute) tags->insert("tempo:fast");
  if (stage.velocity <= kQuietVelocity) tags->insert("dynamics:quiet");
  if (stage.velocity >= kLoudVelocity) tags->insert("dynamics:loud");
  if (tags->count("vocals:vocal") == 0) tags->insert("vocals:no vocals");
  std::set<std::string> players;
  for (const Part& part : score.parts) {
    players.insert(absl::StrCat(static_cast<int>(part.source), part.program));
  }
  if (players.size() == 1) tags->insert("texture:solo");
}

std::set<std::string> GeneralTags() {
  return {"tempo:slow",       "tempo:fast",      "dynamics:quiet",
          "dynamics:loud",    "texture:solo",    "texture:beat",
          "vocals:no vocals", "instrument:drums"};
}

}  // namespace

Piece ComposeWestern(const WesternCorpus& corpus, const Repertoire& repertoire,
                     std::uint64_t recording, double seconds) {
  const Tune identity = repertoire.TuneOf(recording);
  const WesternStyle& style = ChooseStyle(corpus, repertoire, identity);
  Draws tune_draws(repertoire.TuneStream(identity));
  const WesternTune tune = ComposeWesternTune(style, &tune_draws);
  const RandomStream performance = repertoire.PerformanceStream(recording);
  Draws draws(performance);
  const WesternStage stage = SetStage(style, tune, seconds, &draws);
  Piece piece;
  piece.score.seconds = seconds;
  piece.score.tonic_cents = stage.tonic_cents;
  piece.score.pulses_per_minute = 15 / stage.seconds_per_step;
  piece.score.room = DrawWesternRoom(stage.velocity, &draws);
  std::set<std::string> tags;
  AddParts(style, DrawLineUp(style, &draws), stage, performance, &piece, &tags);
  AddGeneralTags(stage, piece.score, &tags);
  if (!corpus.has_tags) tags.clear();
  if (corpus.has_tags) tags.insert(style.tags.begin(), style.tags.end());
  if (corpus.has_genres) {
    tags.insert(style.genre_tags.begin(), style.genre_tags.end());
  }
  piece.tags.assign(tags.begin(), tags.end());
  return piece;
}

std::vector<std::string> WesternVocabulary(const WesternCorpus& corpus) {
  std::set<std::string> tags;
  if (corpus.has_tags) {
    tags = GeneralTags();
    for (const std::string& guest : WesternGuests()) {
      const WesternInstrument& instrument =
          FindNamed(WesternInstruments(), guest);
      tags.insert(instrument.tags.begin(), instrument.tags.end());
    }
  }
  for (const WesternCorpus::Share& share : corpus.shares) {
    const WesternStyle& style = FindNamed(WesternStyles(), share.style);
    if (corpus.has_genres) {
      tags.insert(style.genre_tags.begin(), style.genre_tags.end());
    }
    if (!corpus.has_tags) continue;
    tags.insert(style.tags.begin(), style.tags.end());
    for (const auto* choices : {&style.leads, &style.chords, &style.basses}) {
      for (const Choice& choice : *choices) {
        if (choice.name.empty()) continue;
        const WesternInstrument& instrument =
            FindNamed(WesternInstruments(), choice.name);
        tags.insert(instrument.tags.begin(), instrument.tags.end());
      }
    }
  }
  return {tags.begin(), tags.end()};
}

}  // namespace culturemert
