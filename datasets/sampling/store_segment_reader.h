// Segments of recordings in PCM stores.
//
//   ASSIGN_OR_RETURN(const std::unique_ptr<StoreSegmentReader> reader,
//                    StoreSegmentReader::Create(training_recordings));
//   ASSIGN_OR_RETURN(const std::unique_ptr<SegmentSampler> sampler,
//                    SegmentSampler::Create(reader->Recordings(), options));

#ifndef CULTUREMERT_DATASETS_SAMPLING_STORE_SEGMENT_READER_H_
#define CULTUREMERT_DATASETS_SAMPLING_STORE_SEGMENT_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "datasets/sampling/segment_reader.h"
#include "datasets/sampling/segment_sampler.h"
#include "datasets/store/pcm_store.h"

namespace culturemert {

// One recording of one store: store->recordings()[recording].
struct StorePlace {
  const PcmStore* store = nullptr;
  std::size_t recording = 0;
};

class StoreSegmentReader final : public SegmentReader {
 public:
  // Recording i of the reader is the one at places[i], of one store or several,
  // which must outlive the reader. kInvalidArgument when there is no such
  // recording.
  static absl::StatusOr<std::unique_ptr<StoreSegmentReader>> Create(
      std::vector<StorePlace> places);

  // What the sampler has to know of them, in the same order.
  std::vector<SampledRecording> Recordings() const;

  // Straight from the mapped file; errors name the store and the recording's
  // id.
  absl::Status Read(std::int64_t recording, std::int64_t first_sample,
                    absl::Span<float> out) const override;

 private:
  explicit StoreSegmentReader(std::vector<StorePlace> places);

  const std::vector<StorePlace> places_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SAMPLING_STORE_SEGMENT_READER_H_
