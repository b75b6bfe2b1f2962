// Any bytes are MP3 or are refused; every byte belongs to a frame, a tag or a
// gap, and decoding gives the samples of all frames and no others.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "datasets/audio/audio_decoder.h"
#include "datasets/audio/mp3_decoder.h"
#include "datasets/audio/mp3_frames.h"

namespace culturemert {
namespace {

void Check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", property);
  std::abort();
}

void CheckLayout(const Mp3Layout& layout,
                 absl::Span<const std::uint8_t> bytes) {
  std::uint64_t frames = 0;
  std::uint64_t end = 0;
  std::uint64_t run_bytes = 0;
  for (const Mp3Run& run : layout.runs) {
    Check(run.offset >= end && run.size_bytes > 0, "runs are in order");
    end = run.offset + run.size_bytes;
    Check(end <= bytes.size(), "runs lie within the file");
    run_bytes += run.size_bytes;
    for (std::uint64_t offset = run.offset; offset < end; ++frames) {
      const auto header = ParseMp3Header(bytes.subspan(offset));
      Check(header.has_value() && header->size_bytes > 0 &&
                header->IsOneStreamWith(layout.first),
            "runs hold frames of one stream");
      offset += header->size_bytes;
      Check(offset <= end, "runs hold whole frames");
    }
  }
  Check(frames == layout.frames, "frames are counted");
  Check(
      run_bytes + layout.skipped_bytes + layout.cut_frame_bytes <= bytes.size(),
      "no byte is counted twice");
  Check(layout.begin_sample() <= layout.end_sample() &&
            layout.end_sample() <= layout.decoded_samples(),
        "the recording lies within what is decoded");
}

void CheckDecoding(absl::Span<const std::uint8_t> bytes,
                   const Mp3Layout& layout) {
  const absl::StatusOr<std::unique_ptr<AudioDecoder>> decoder = OpenMp3(bytes);
  Check(decoder.ok(), "a layout can be decoded");
  const std::size_t channels = (*decoder)->info().channels;
  std::vector<float> samples(1000 * channels);
  std::uint64_t decoded = 0;
  while (true) {
    const auto frames = (*decoder)->Read(absl::MakeSpan(samples));
    Check(frames.ok(), "every frame can be decoded");
    if (*frames == 0) break;
    decoded += *frames;
  }
  Check(decoded == layout.end_sample() - layout.begin_sample(),
        "decoding gives every sample");
  Check(decoded == (*decoder)->info().frames, "the information says so");
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto bytes = absl::MakeConstSpan(data, size);
  const auto layout = culturemert::FindMp3Frames(bytes);
  if (layout.ok()) {
    culturemert::CheckLayout(*layout, bytes);
    culturemert::CheckDecoding(bytes, *layout);
  }
  return 0;
}
