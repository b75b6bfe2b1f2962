#include "experiments/actions/embed_set.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "datasets/store/pcm_store.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

std::vector<std::uint8_t> LabelVector(const PreparedSet& set,
                                      const PreparedRecording& recording) {
  std::vector<std::uint8_t> labels(set.tags.size());
  for (const std::size_t label : recording.labels) labels[label] = 1;
  return labels;
}

std::vector<ProbeRecording>& SplitOf(ProbeData& data, Split split) {
  switch (split) {
    case Split::kTrain:
      return data.train;
    case Split::kValid:
      return data.valid;
    case Split::kTest:
      break;
  }
  return data.test;
}

}  // namespace

absl::Status EmbedSet(Files& files, absl::string_view set_folder,
                      const FeatureExtractor& extractor, EmbedSettings settings,
                      absl::string_view folder) {
  ASSIGN_OR_RETURN(const PreparedSet set, ReadPreparedSet(files, set_folder));
  ASSIGN_OR_RETURN(
      const std::unique_ptr<PcmStore> store,
      PcmStore::Open(files, JoinPath(set_folder, kPreparedStoreName)));
  if (set.duration_cap_seconds > 0) {
    settings.duration_cap_seconds =
        static_cast<double>(set.duration_cap_seconds);
  }
  std::vector<std::string> clips;
  for (const PreparedRecording& recording : set.recordings) {
    clips.insert(clips.end(), recording.clips.begin(), recording.clips.end());
  }
  return Embed(files, *store, clips, extractor, settings, folder);
}

absl::StatusOr<ProbeData> JoinFeatures(const PreparedSet& set,
                                       const FeatureStore& features) {
  ProbeData data;
  data.states = features.format().states;
  data.state_size = features.format().state_size;
  for (const PreparedTag& tag : set.tags) data.tags.push_back(tag.name);
  const std::vector<FeatureRecording>& stored = features.recordings();
  std::size_t next = 0;
  for (const PreparedRecording& recording : set.recordings) {
    const std::size_t first = next;
    std::size_t floats = 0;
    const bool is_whole =
        next < stored.size() && stored[next].id == recording.id;
    const std::vector<std::string> whole = {recording.id};
    for (const std::string& clip : is_whole ? whole : recording.clips) {
      if (next >= stored.size() || stored[next].id != clip) {
        return absl::DataLossError(
            absl::StrCat(features.directory(), ": no features of '", clip,
                         "' where they are expected; remove the artifact"));
      }
      floats += features.Features(next).size();
      ++next;
    }
    ProbeRecording joined;
    joined.id = recording.id;
    // Features of successive recordings lie one behind the other.
    joined.features =
        absl::MakeConstSpan(features.Features(first).data(), floats);
    joined.labels = LabelVector(set, recording);
    SplitOf(data, recording.split).push_back(std::move(joined));
  }
  if (next < stored.size()) {
    return absl::DataLossError(
        absl::StrCat(features.directory(), ": features of '", stored[next].id,
                     "', which is not in the set; remove the artifact"));
  }
  return data;
}

}  // namespace culturemert
