#include "datasets/audio/wav_writer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "datasets/audio/pcm16.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "samples are written as they are in memory");

void AppendNumber(std::uint32_t value, int size_bytes, std::string* header) {
  for (int i = 0; i < size_bytes; ++i) {
    header->push_back(static_cast<char>(value >> (8 * i)));
  }
}

// Up to the first sample.
std::string Header(std::uint32_t samples, int rate_hz, WavEncoding encoding) {
  const bool is_float = encoding == WavEncoding::kFloat32;
  const std::uint32_t sample_bytes = is_float ? 4 : 2;
  const std::uint32_t format_bytes = is_float ? 18 : 16;
  const std::uint32_t fact_bytes = is_float ? 12 : 0;
  const std::uint32_t data_bytes = samples * sample_bytes;
  std::string header = "RIFF";
  AppendNumber(4 + 8 + format_bytes + fact_bytes + 8 + data_bytes, 4, &header);
  header += "WAVEfmt ";
  AppendNumber(format_bytes, 4, &header);
  AppendNumber(is_float ? 3 : 1, 2, &header);
  AppendNumber(/*channels=*/1, 2, &header);
  AppendNumber(rate_hz, 4, &header);
  AppendNumber(rate_hz * sample_bytes, 4, &header);
  AppendNumber(sample_bytes, 2, &header);
  AppendNumber(8 * sample_bytes, 2, &header);
  if (is_float) {
    AppendNumber(0, 2, &header);
    header += "fact";
    AppendNumber(4, 4, &header);
    AppendNumber(samples, 4, &header);
  }
  header += "data";
  AppendNumber(data_bytes, 4, &header);
  return header;
}

template <typename T>
absl::string_view AsBytes(const T* samples, std::size_t count) {
  return absl::string_view(reinterpret_cast<const char*>(samples),
                           count * sizeof(T));
}

// The file, with its header written.
absl::StatusOr<std::unique_ptr<AtomicWriter>> Begin(Files& files,
                                                    absl::string_view path,
                                                    std::size_t samples,
                                                    int rate_hz,
                                                    WavEncoding encoding) {
  constexpr std::uint64_t kMaxHeaderBytes = 64;
  const std::uint64_t sample_bytes = encoding == WavEncoding::kFloat32 ? 4 : 2;
  const std::uint64_t most_samples =
      (std::numeric_limits<std::uint32_t>::max() - kMaxHeaderBytes) /
      sample_bytes;
  if (rate_hz < 1 || samples > most_samples) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": a WAV file holds up to ", most_samples,
                     " such samples at a rate of 1 Hz or more, not ", samples,
                     " at ", rate_hz, " Hz"));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<AtomicWriter> writer,
                   files.CreateAtomically(path));
  RETURN_IF_ERROR(writer->Append(
      Header(static_cast<std::uint32_t>(samples), rate_hz, encoding)));
  return writer;
}

}  // namespace

absl::Status WriteWav(Files& files, absl::string_view path,
                      absl::Span<const float> samples, int rate_hz,
                      WavEncoding encoding) {
  ASSIGN_OR_RETURN(const std::unique_ptr<AtomicWriter> writer,
                   Begin(files, path, samples.size(), rate_hz, encoding));
  if (encoding == WavEncoding::kFloat32) {
    RETURN_IF_ERROR(writer->Append(AsBytes(samples.data(), samples.size())));
    return writer->Commit();
  }
  std::vector<std::int16_t> buffer(1 << 16);
  while (!samples.empty()) {
    const auto part = samples.subspan(0, buffer.size());
    ToPcm16(part, absl::MakeSpan(buffer).subspan(0, part.size()));
    RETURN_IF_ERROR(writer->Append(AsBytes(buffer.data(), part.size())));
    samples.remove_prefix(part.size());
  }
  return writer->Commit();
}

absl::Status WritePcm16Wav(Files& files, absl::string_view path,
                           absl::Span<const std::int16_t> samples,
                           int rate_hz) {
  ASSIGN_OR_RETURN(
      const std::unique_ptr<AtomicWriter> writer,
      Begin(files, path, samples.size(), rate_hz, WavEncoding::kPcm16));
  RETURN_IF_ERROR(writer->Append(AsBytes(samples.data(), samples.size())));
  return writer->Commit();
}

}  // namespace culturemert
