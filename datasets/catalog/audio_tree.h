// The audio files below a data set's folder, found with one listing a directory
// instead of one question a file.

#ifndef CULTUREMERT_DATASETS_CATALOG_AUDIO_TREE_H_
#define CULTUREMERT_DATASETS_CATALOG_AUDIO_TREE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/dataset.h"
#include "tools/base/files/files.h"

namespace culturemert {

// Lower-case endings of the audio files that are looked for where the data set
// does not prescribe one, the preferred first: ".mp3", ".flac", ...
absl::Span<const absl::string_view> AudioExtensions();

// Not safe to use from two threads at once. Directories are listed when first
// asked about, and not again. Symbolic links are followed.
class AudioTree {
 public:
  AudioTree(Files& files, absl::string_view folder)
      : files_(files), folder_(folder) {}
  AudioTree(const AudioTree&) = delete;
  AudioTree& operator=(const AudioTree&) = delete;

  // The whole file at `path`, relative to the folder. A file that is missing,
  // or a directory in its place, gives a clip without a size. Other errors are
  // those of Files::List.
  absl::StatusOr<AudioClip> Whole(absl::string_view path);

  // The path of the first file in `directory` named `stem` and one of
  // AudioExtensions(); nothing where there is none.
  absl::StatusOr<std::optional<std::string>> Find(absl::string_view directory,
                                                  absl::string_view stem);

 private:
  using Sizes = absl::flat_hash_map<std::string, std::uint64_t>;

  absl::StatusOr<const Sizes*> List(absl::string_view directory);

  Files& files_;
  const std::string folder_;
  // Ordered, so that pointers to the listings stay valid.
  std::map<std::string, Sizes> directories_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_AUDIO_TREE_H_
