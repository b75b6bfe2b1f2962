// Any bytes are a safetensors file or are refused; a header that was read is
// printed and read again as the same one, and its tensors fill the file.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/types/span.h"
#include "models/weights/safetensors_header.h"
#include "models/weights/weights_file_kind.h"

namespace culturemert {
namespace {

void Check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", property);
  std::abort();
}

using Description =
    std::tuple<std::string, ElementType, std::vector<std::int64_t>>;

// What is the same wherever the elements lie.
std::vector<Description> Describe(const SafetensorsHeader& header) {
  std::vector<Description> descriptions;
  for (const SafetensorsEntry& entry : header.entries) {
    descriptions.emplace_back(entry.name, entry.type, entry.shape);
  }
  std::sort(descriptions.begin(), descriptions.end());
  return descriptions;
}

void CheckFile(absl::Span<const std::uint8_t> bytes) {
  const auto header = ParseSafetensorsHeader(bytes, "a.safetensors");
  if (!header.ok()) {
    Check(absl::StartsWith(header.status().message(), "a.safetensors: "),
          "an error names its file");
    return;
  }
  const auto kind = SniffWeightsFile(bytes, "a.safetensors");
  Check(kind.ok() && *kind == WeightsFileKind::kSafetensors,
        "what is read is recognized");
  std::uint64_t end_bytes = 0;
  for (const SafetensorsEntry& entry : header->entries) {
    Check(entry.begin_bytes == end_bytes, "there is neither hole nor overlap");
    Check(TensorSizeBytes(entry.type, entry.shape) ==
              entry.end_bytes - entry.begin_bytes,
          "a tensor has the bytes its shape needs");
    end_bytes = entry.end_bytes;
  }
  Check(header->data_offset_bytes + end_bytes == bytes.size(),
        "the tensors fill the file");
  SafetensorsHeader copy = *header;
  const auto printed = PrintSafetensorsHeader(&copy);
  Check(printed.ok(), "what was read can be printed");
  const std::string file = *printed + std::string(end_bytes, '\0');
  const auto again = ParseSafetensorsHeader(
      absl::MakeConstSpan(reinterpret_cast<const std::uint8_t*>(file.data()),
                          file.size()),
      "b.safetensors");
  Check(again.ok(), "what was printed can be read");
  Check(Describe(*again) == Describe(*header), "the tensors are the same");
  Check(again->metadata == header->metadata, "the metadata are the same");
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  culturemert::CheckFile(absl::MakeConstSpan(data, size));
  return 0;
}
