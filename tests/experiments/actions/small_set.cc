#include "tests/experiments/actions/small_set.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "datasets/codes/code_store_writer.h"
#include "datasets/store/pcm_store_writer.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::size_t kFrameSamples = 320;

std::vector<std::string> ClipsOf(const PreparedSet& set) {
  std::vector<std::string> clips;
  for (const PreparedRecording& recording : set.recordings) {
    clips.insert(clips.end(), recording.clips.begin(), recording.clips.end());
  }
  return clips;
}

void AddSplit(Split split, std::size_t count, absl::string_view prefix,
              PreparedSet& set) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t number = set.recordings.size();
    PreparedRecording recording;
    recording.id = absl::StrCat(prefix, number);
    recording.split = split;
    recording.labels = {number % 2};
    recording.clips = {recording.id};
    set.recordings.push_back(recording);
  }
}

}  // namespace

PreparedSet SmallSet(absl::string_view prefix, std::size_t train,
                     std::size_t valid, std::size_t test) {
  PreparedSet set;
  set.name = "small";
  set.culture = "Turkish";
  set.is_synthetic = true;
  set.tags = {{"mode:a", "mode"}, {"b", ""}};
  AddSplit(Split::kTrain, train, prefix, set);
  AddSplit(Split::kValid, valid, prefix, set);
  AddSplit(Split::kTest, test, prefix, set);
  return set;
}

absl::Status WriteSmallSet(Files& files, const std::string& folder,
                           const PreparedSet& set, std::size_t clip_samples) {
  RETURN_IF_ERROR(files.CreateDirectories(folder));
  ASSIGN_OR_RETURN(const std::unique_ptr<PcmStoreWriter> store,
                   PcmStoreWriter::Open(
                       files, absl::StrCat(folder, "/", kPreparedStoreName)));
  std::int16_t number = 0;
  for (const std::string& clip : ClipsOf(set)) {
    NewRecording recording;
    recording.id = clip;
    RETURN_IF_ERROR(store->Append(
        recording, std::vector<std::int16_t>(clip_samples, ++number)));
  }
  RETURN_IF_ERROR(store->Finish());
  return WritePreparedSet(files, folder, set);
}

absl::Status WriteSmallCodes(Files& files, const std::string& folder,
                             const PreparedSet& set, std::size_t clip_samples) {
  RETURN_IF_ERROR(files.CreateDirectories(folder));
  ASSIGN_OR_RETURN(const std::unique_ptr<CodeStoreWriter> store,
                   CodeStoreWriter::Open(files, folder, {1, 64, "small"}));
  const std::size_t frames = (clip_samples + kFrameSamples - 1) / kFrameSamples;
  std::uint16_t number = 0;
  for (const std::string& clip : ClipsOf(set)) {
    RETURN_IF_ERROR(
        store->Append(clip, std::vector<std::uint16_t>(frames, ++number)));
  }
  return store->Finish();
}

}  // namespace culturemert
