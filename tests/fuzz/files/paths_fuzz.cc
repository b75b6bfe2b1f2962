// Cleaning agrees with std::filesystem, and what JoinInside lets through stays
// inside.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tools/base/files/paths.h"

namespace {

// The standard keeps a slash at the end and one of two at the start.
std::string Reference(const std::string& path) {
  std::string clean = std::filesystem::path(path).lexically_normal().string();
  if (clean.empty()) return ".";
  while (clean.size() > 1 && clean.back() == '/') clean.pop_back();
  return clean;
}

void Expect(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string path(reinterpret_cast<const char*>(data), size);
  const std::string clean = culturemert::CleanPath(path);
  Expect(clean == Reference(path));
  Expect(culturemert::CleanPath(clean) == clean);
  Expect(!culturemert::Dirname(path).empty());
  for (const std::string root : {"root", "/root", ".", "/"}) {
    const auto joined = culturemert::JoinInside(root, path);
    if (!joined.ok()) continue;
    Expect(culturemert::IsInside(root, *joined));
    const std::string relative =
        std::filesystem::path(*joined).lexically_relative(root).string();
    Expect(relative != "." && relative != ".." &&
           relative.rfind("../", 0) != 0);
  }
  return 0;
}
