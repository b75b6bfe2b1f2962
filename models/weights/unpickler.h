// Reads Python pickles without executing what they say. Free of LibTorch.
//
// A pickle is a program for a small stack machine (Lib/pickletools.py of
// CPython describes it); Python's own reader calls whatever functions it names.
// This one builds plain data, knows the few functions that torch.save needs
// (pickle_builder.h), and keeps all else closed: class and arguments.

#ifndef CULTUREMERT_MODELS_WEIGHTS_UNPICKLER_H_
#define CULTUREMERT_MODELS_WEIGHTS_UNPICKLER_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/weights/pickle_document.h"

namespace culturemert {

struct Unpickled {
  PickleDocument document;
  // Where the pickle ended; other bytes may follow.
  std::size_t size_bytes = 0;
};

// Reads the pickle of protocol 2 to 5 that `bytes` begin with, called `source`
// in errors, which also name the byte and the operation. Memory and time grow
// linearly with the pickle's size, at most to kMaxPickleNodes values, whatever
// it says. Errors:
//   kDataLoss           the bytes end before the pickle does
//   kInvalidArgument    broken rules: an unknown operation, too few values on
//                       the stack, an empty memo slot, strings that are not
//                       UTF-8, a tensor that reaches beyond its storage
//   kUnimplemented      operations of protocols 0 and 1 that no newer writer
//                       uses, buffers outside the pickle, registered extensions
//   kResourceExhausted  it would grow beyond the bounds of pickle_builder.h
absl::StatusOr<Unpickled> Unpickle(absl::Span<const std::uint8_t> bytes,
                                   absl::string_view source);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_UNPICKLER_H_
