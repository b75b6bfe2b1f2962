// A recording of one of CompMusic's collections, as Dunya's API tells it in
// JSON: https://dunya.compmusic.upf.edu/api/<collection>/recording/<mbid>
// (github.com/MTG/dunya: {carnatic,hindustani,makam}/api.py,
// RecordingDetailSerializer).

#ifndef CULTUREMERT_DATASETS_CATALOG_DUNYA_RECORDING_H_
#define CULTUREMERT_DATASETS_CATALOG_DUNYA_RECORDING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "datasets/catalog/read_recordings.h"

namespace culturemert {

// Where tags of one kind stand: in the list `list` of the recording, in each
// element's object `object` (in the element itself if that is ""), under
// `name`.
struct DunyaTagField {
  absl::string_view prefix;  // "instrument--"
  absl::string_view list;    // "artists"
  absl::string_view object;  // "instrument"
  absl::string_view name;    // "name"
};

// The form of a MusicBrainz id, as RE2 reads it.
inline constexpr absl::string_view kMusicBrainzIdPattern =
    "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

struct DunyaRecording {
  std::string mbid;
  // Each once, sorted by their bytes.
  std::vector<std::string> tags;
  // From "length", in milliseconds; nothing where it is absent, null or 0. The
  // makam collection has none.
  std::optional<double> duration_seconds;
};

// kInvalidArgument, naming `source` and the key, for text that is no JSON
// object, an mbid that is none, a list that is missing (the recording is of
// another collection) and a value of another type. An object or a name that is
// null or empty gives no tag: the API has performers whose instrument nobody
// stated. Keys that no field names are not looked at.
absl::StatusOr<DunyaRecording> ParseDunyaRecording(
    absl::string_view text, absl::string_view source,
    absl::Span<const DunyaTagField> fields);

// Reads a collection: CCML's id lists (id_lists.h), recordings/<mbid>.json for
// each id, audios/<mbid>.<ending>. kInvalidArgument also for a file whose mbid
// is not the one of its name.
absl::StatusOr<RecordingList> ReadDunyaCollection(
    const ReadRequest& request, absl::Span<const DunyaTagField> fields);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_DUNYA_RECORDING_H_
