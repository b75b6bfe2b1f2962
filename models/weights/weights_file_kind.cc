#include "models/weights/weights_file_kind.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/weights/byte_reader.h"
#include "models/weights/safetensors_header.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

// The bytes of 0x1950a86a20f9469cfc6c as torch.save pickles it.
constexpr absl::string_view kLegacyMagic(
    "\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20"
    "\x6A\xA8\x50\x19",
    12);

bool IsSafetensors(absl::string_view text) {
  ByteReader reader(absl::MakeConstSpan(
      reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  std::uint64_t length = 0;
  return reader.Read(&length) && length <= kMaxSafetensorsHeaderBytes &&
         length > 0 && text.substr(sizeof(length), 1) == "{";
}

// What else the bytes look like, and what to do; empty if like nothing known.
absl::string_view Guess(absl::string_view text) {
  const auto begins = [&](absl::string_view start) {
    return absl::StartsWithIgnoreCase(text, start);
  };
  if (text.empty()) return "the file is empty; download it again";
  if (begins("version https://git-lfs.github.com/spec/")) {
    return "this is a Git LFS pointer, the weights it stands for were not "
           "downloaded; run \"git lfs pull\" or download the file itself";
  }
  if (begins("<")) {
    return "this is an HTML or XML page, not the file it was downloaded for; "
           "open it in a browser to see what the server said";
  }
  if (begins("{") || begins("[")) {
    return "this is JSON text, such as a configuration or a server's error";
  }
  if (begins("\x1F\x8B") || begins("BZh") ||
      begins("\xFD"
             "7zXZ") ||
      begins("\x28\xB5\x2F\xFD")) {
    return "this is a compressed file; unpack it first";
  }
  if (text.size() > 262 && text.substr(257, 5) == "ustar") {
    return "this is a tar archive, unpack it first; if PyTorch 0.1 made it, "
           "load it with torch.load and save its state_dict again";
  }
  if (begins("\x80")) {
    return "this is a Python pickle that torch.save did not write; load it in "
           "Python and save its state_dict with torch.save";
  }
  if (begins("\x89HDF")) return "this is an HDF5 file; convert it";
  if (begins("GGUF")) return "this is a GGUF file; convert it";
  if (begins("\x93NUMPY")) return "this is a NumPy array (.npy)";
  return "";
}

}  // namespace

absl::string_view WeightsFileKindName(WeightsFileKind kind) {
  switch (kind) {
    case WeightsFileKind::kSafetensors:
      return "safetensors";
    case WeightsFileKind::kTorchZip:
      return "torch.save (zip)";
    case WeightsFileKind::kTorchLegacy:
      return "torch.save (before PyTorch 1.6)";
  }
  return "unknown";
}

absl::StatusOr<WeightsFileKind> SniffWeightsFile(
    absl::Span<const std::uint8_t> bytes, absl::string_view source) {
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()),
                               std::min<std::size_t>(bytes.size(), 1024));
  if (absl::StartsWith(text, "PK\x03\x04") ||
      absl::StartsWith(text, "PK\x05\x06")) {
    return WeightsFileKind::kTorchZip;
  }
  // A pickle's protocol and frame may come before the magic number.
  constexpr std::size_t kFurthestMagic = 16;
  if (absl::StartsWith(text, "\x80") &&
      text.find(kLegacyMagic) <= kFurthestMagic) {
    return WeightsFileKind::kTorchLegacy;
  }
  if (IsSafetensors(text)) return WeightsFileKind::kSafetensors;
  const absl::string_view guess = Guess(text);
  const std::string found = guess.empty()
                                ? absl::StrCat("found a file that begins with ",
                                               QuoteForMessage(text, 40))
                                : std::string(guess);
  return absl::InvalidArgumentError(absl::StrCat(
      source, ": not a file of weights (safetensors or torch.save): ", found));
}

}  // namespace culturemert
