#include "models/tensors/torch_errors.h"

#include <c10/util/Exception.h>

#include <exception>
#include <new>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace culturemert::torch_errors_internal {
namespace {

// LibTorch's messages go on for pages of C++ stack.
absl::string_view FirstLine(absl::string_view text) {
  return text.substr(0, text.find('\n'));
}

// The allocators of LibTorch state a lack of memory in words only.
bool IsOutOfMemory(absl::string_view message) {
  return absl::StrContains(message, "can't allocate memory") ||
         absl::StrContains(message, "not enough memory") ||
         absl::StrContains(message, "out of memory");
}

}  // namespace

absl::Status CurrentExceptionStatus() {
  std::string message;
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("out of memory");
  } catch (const c10::Error& error) {
    message = std::string(FirstLine(error.what_without_backtrace()));
  } catch (const std::exception& error) {
    message = std::string(FirstLine(error.what()));
  } catch (...) {
    message = "an exception of unknown type";
  }
  if (IsOutOfMemory(message)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("out of memory: ", message));
  }
  return absl::InternalError(absl::StrCat("LibTorch: ", message));
}

}  // namespace culturemert::torch_errors_internal
