#include "experiments/training/training_data.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "models/mert/mert_config.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

std::int64_t FirstFrame(const Segment& segment) {
  return (segment.first_sample + kMertHopSamples / 2) / kMertHopSamples;
}

}  // namespace

absl::StatusOr<CodeReader> CodeReader::Create(std::vector<CodePlace> places) {
  if (places.empty()) {
    return absl::InvalidArgumentError("there are no codes of any recording");
  }
  for (const CodePlace& place : places) {
    if (place.recording >= place.store->recordings().size()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "there is no recording ", place.recording, " in a code store of ",
          place.store->recordings().size()));
    }
    if (!(place.store->format() == places.front().store->format())) {
      return absl::InvalidArgumentError(absl::StrCat(
          "codes of two tokenizers: ", places.front().store->format().tokenizer,
          " and ", place.store->format().tokenizer));
    }
  }
  return CodeReader(std::move(places));
}

absl::StatusOr<at::Tensor> CodeReader::Read(
    const std::vector<Segment>& segments, std::int64_t frames) const {
  const int books = format().books;
  const auto rows = static_cast<std::int64_t>(segments.size());
  at::Tensor codes = at::empty({books, rows, frames}, at::kInt);
  std::int32_t* out = codes.mutable_data_ptr<std::int32_t>();
  for (int book = 0; book < books; ++book) {
    for (const Segment& segment : segments) {
      const CodePlace& place = places_[segment.recording];
      const CodedRecording& recording =
          place.store->recordings()[place.recording];
      const std::int64_t first = FirstFrame(segment);
      if (first + frames > static_cast<std::int64_t>(recording.frames)) {
        return absl::OutOfRangeError(absl::StrCat(
            "codes of ", QuoteForMessage(recording.id), ": ", frames,
            " frames from ", first, " on are wanted of ", recording.frames));
      }
      const absl::Span<const std::uint16_t> slice =
          place.store->Slice(place.recording, book, first, frames);
      for (const std::uint16_t code : slice) {
        if (code >= format().codes_per_book) {
          return absl::DataLossError(absl::StrCat(
              "codes of ", QuoteForMessage(recording.id), ": the code ", code,
              " in a book of ", format().codes_per_book));
        }
        *out++ = code;
      }
    }
  }
  return codes;
}

absl::StatusOr<MicroBatch> CutMicroBatch(SegmentBatch& batch,
                                         std::int64_t first_row,
                                         std::int64_t count,
                                         std::int64_t rank_first_row,
                                         const CodeReader& codes) {
  MicroBatch micro_batch;
  for (std::int64_t row = first_row; row < first_row + count; ++row) {
    micro_batch.segments.push_back(batch.segments[row]);
    micro_batch.rows.push_back(rank_first_row + row);
  }
  ASSIGN_OR_RETURN(micro_batch.codes,
                   codes.Read(micro_batch.segments, MertFrames(batch.samples)));
  return CatchTorchErrors([&]() -> absl::StatusOr<MicroBatch> {
    micro_batch.audio =
        at::from_blob(batch.audio.data() + first_row * batch.samples,
                      {count, batch.samples}, at::kFloat);
    return std::move(micro_batch);
  });
}

}  // namespace culturemert
