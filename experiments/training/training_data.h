// What a stage of pre-training reads: audio and the codes that belong to it.
//
//   sampler ──(epoch, index)──▶ segment ──▶ samples   SegmentReader
//                                      └──▶ codes     CodeReader
//
// Everything is a pure function of the batch's number, so that a step sees the
// same whatever the number of processes and threads, and after a restart.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_TRAINING_DATA_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_TRAINING_DATA_H_

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "datasets/codes/code_store.h"
#include "datasets/sampling/segment.h"
#include "datasets/sampling/segment_loader.h"
#include "datasets/sampling/segment_reader.h"
#include "datasets/sampling/segment_sampler.h"

namespace culturemert {

// One recording of one store: store->recordings()[recording].
struct CodePlace {
  const CodeStore* store = nullptr;
  std::size_t recording = 0;
};

// The codes of segments. Safe to use from several threads at once.
class CodeReader {
 public:
  // Recording i is the one at places[i], in the order that the sampler knows;
  // the stores must outlive the reader. kInvalidArgument when there is none, or
  // stores differ in their format.
  static absl::StatusOr<CodeReader> Create(std::vector<CodePlace> places);

  const CodeFormat& format() const { return places_.front().store->format(); }

  // The codes of the segments' first `frames` frames, int32 [books, segments,
  // frames]. A segment that starts at sample s starts at frame round(s / 320),
  // as MERT's data set cuts labels: up to half a frame beside the audio.
  // kDataLoss, naming the recording, for a code that is not in its book;
  // kOutOfRange where a recording has too few.
  absl::StatusOr<at::Tensor> Read(const std::vector<Segment>& segments,
                                  std::int64_t frames) const;

 private:
  explicit CodeReader(std::vector<CodePlace> places)
      : places_(std::move(places)) {}

  std::vector<CodePlace> places_;
};

// All must outlive what uses them.
struct TrainingData {
  const SegmentSampler* sampler = nullptr;
  const SegmentReader* audio = nullptr;
  const CodeReader* codes = nullptr;
};

// Several segments that go through the model together.
struct MicroBatch {
  std::vector<Segment> segments;
  // Places of the segments in their whole batch, over all processes.
  std::vector<std::int64_t> rows;
  at::Tensor audio;  // float32 [B, samples], on the CPU.
  at::Tensor codes;  // int32 [books, B, T], T = MertFrames(samples).
};

// Rows [first_row, first_row + count) of what a loader gave, without a copy of
// the audio: `batch` must outlive the result. `rank_first_row` is the batch's
// row that the loader's first one is.
absl::StatusOr<MicroBatch> CutMicroBatch(SegmentBatch& batch,
                                         std::int64_t first_row,
                                         std::int64_t count,
                                         std::int64_t rank_first_row,
                                         const CodeReader& codes);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_TRAINING_DATA_H_
