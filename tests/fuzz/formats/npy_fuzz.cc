// Any bytes are an array or are refused; an array is printed and parsed again
// to the same one, and cut or lengthened it is refused.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/types/span.h"
#include "tools/base/formats/npy.h"

namespace culturemert {
namespace {

void Check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", property);
  std::abort();
}

absl::Span<const std::uint8_t> Bytes(const std::string& text) {
  return absl::MakeConstSpan(reinterpret_cast<const std::uint8_t*>(text.data()),
                             text.size());
}

template <typename T>
void CheckValues(const NpyView& view) {
  const bool same_type = view.dtype == NpyTypeOf<T>();
  const auto values = view.Values<T>();
  if constexpr (!std::is_same_v<T, bool>) {
    const auto copy = view.CopyValues<T>();
    Check(copy.ok() == same_type, "elements are given in their type only");
    Check(!copy.ok() || copy->size() * sizeof(T) == view.data.size(),
          "all elements are given");
  }
  Check(!values.ok() || same_type, "elements are seen in their type only");
  if (!values.ok()) return;
  Check(values->size() * sizeof(T) == view.data.size(),
        "all elements are seen");
}

void CheckFile(absl::Span<const std::uint8_t> bytes) {
  const absl::StatusOr<NpyView> view = ParseNpy(bytes, "a.npy");
  if (!view.ok()) {
    Check(absl::StartsWith(view.status().message(), "a.npy: "),
          "an error names its file");
    return;
  }
  CheckValues<bool>(*view);
  CheckValues<std::uint8_t>(*view);
  CheckValues<std::int64_t>(*view);
  CheckValues<Float16Bits>(*view);
  CheckValues<float>(*view);
  const NpyHeader header{view->dtype, view->shape};
  const auto printed = npy_internal::Print(header, view->data);
  Check(printed.ok(), "what was parsed can be printed");
  const auto again = ParseNpy(Bytes(*printed), "b.npy");
  Check(again.ok() && again->dtype == view->dtype &&
            again->shape == view->shape && again->data == view->data,
        "what was printed parses the same");
  Check(!ParseNpy(Bytes(printed->substr(0, printed->size() - 1)), "c").ok(),
        "a file cut short is refused");
  Check(!ParseNpy(Bytes(*printed + "x"), "d").ok(),
        "a file with a trailing byte is refused");
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  culturemert::CheckFile(absl::MakeConstSpan(data, size));
  return 0;
}
