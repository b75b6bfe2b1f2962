#include "datasets/sampling/store_segment_reader.h"

#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"

namespace culturemert {

absl::StatusOr<std::unique_ptr<StoreSegmentReader>> StoreSegmentReader::Create(
    std::vector<StorePlace> places) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    const StorePlace& place = places[i];
    if (place.store == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("recording ", i, " of the list has no store"));
    }
    const std::size_t count = place.store->recordings().size();
    if (place.recording >= count) {
      return absl::InvalidArgumentError(
          absl::StrCat("recording ", i, " of the list is number ",
                       place.recording, " of store ", place.store->directory(),
                       ", which has ", count, " recordings"));
    }
  }
  return absl::WrapUnique(new StoreSegmentReader(std::move(places)));
}

StoreSegmentReader::StoreSegmentReader(std::vector<StorePlace> places)
    : places_(std::move(places)) {}

std::vector<SampledRecording> StoreSegmentReader::Recordings() const {
  std::vector<SampledRecording> recordings;
  recordings.reserve(places_.size());
  for (const StorePlace& place : places_) {
    const StoredRecording& stored = place.store->recordings()[place.recording];
    recordings.push_back(
        {static_cast<std::int64_t>(stored.samples), stored.culture});
  }
  return recordings;
}

absl::Status StoreSegmentReader::Read(std::int64_t recording,
                                      std::int64_t first_sample,
                                      absl::Span<float> out) const {
  if (recording < 0 || recording >= static_cast<std::int64_t>(places_.size()) ||
      first_sample < 0) {
    return absl::OutOfRangeError(
        absl::StrCat("there is no sample ", first_sample, " of recording ",
                     recording, " among ", places_.size()));
  }
  const StorePlace& place = places_[recording];
  return place.store->ReadFloat(place.recording,
                                static_cast<std::uint64_t>(first_sample), out);
}

}  // namespace culturemert
