// A published checkpoint as it lies on disk: one file, or a folder as hubs
// serve it, its weights perhaps in several shards.

#ifndef CULTUREMERT_MODELS_WEIGHTS_CHECKPOINT_SOURCE_H_
#define CULTUREMERT_MODELS_WEIGHTS_CHECKPOINT_SOURCE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/tensors/named_tensors.h"
#include "models/weights/dialects.h"
#include "models/weights/fairseq_settings.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct CheckpointSource {
  std::vector<std::string> weights_paths;  // in the order they were read
  std::string format;                      // WeightsFileKindName of the first
  std::string config_path;                 // of the config.json, or empty
  std::string config_text;                 // what it holds

  // Of all files together, by the names in them, flattened (pickle_flatten.h)
  // where dictionaries are nested. Read-only, as those of safetensors.h.
  NamedTensors tensors;
  std::map<std::string, std::string> metadata;  // of safetensors files
  std::map<std::string, std::vector<std::string>> string_lists;
  FairseqSettings fairseq;  // of a file that torch.save wrote
};

// Reads `path`. In a folder the weights are the first of
//   model.safetensors, model.safetensors.index.json (shards),
//   pytorch_model.bin, pytorch_model.bin.index.json (shards)
// that is there, and those of `extra_file` besides, if that is not empty and
// there. The config.json is that of the folder, or the one beside a file.
// Errors: kNotFound where a folder has none of these or an index names a shard
// that is missing; kInvalidArgument for an index that is none, or whose shards
// are not the plain names of files beside it, or hold one tensor twice; those
// of SniffWeightsFile, LoadSafetensors and LoadTorchFile.
absl::StatusOr<CheckpointSource> ReadCheckpointSource(
    Files& files, absl::string_view path, absl::string_view extra_file = "");

struct RenamedTensors {
  NamedTensors tensors;  // under the suite's names; unknown ones keep theirs
  std::string dialect;
  std::vector<std::string> ignored;  // names in the file, sorted
};

// Finds out the dialect and translates. kInvalidArgument where the dialect
// cannot be told, or two tensors get one name.
absl::StatusOr<RenamedTensors> RenameTensors(absl::Span<const Dialect> dialects,
                                             const NamedTensors& tensors);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_CHECKPOINT_SOURCE_H_
