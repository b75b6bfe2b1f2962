// The structure of a file that torch.save wrote, and where in it the tensors'
// elements lie. Free of LibTorch; torch_file.h makes tensors of it.
//
// Since PyTorch 1.6 (torch/csrc/api/include/torch/serialize, torch/
// serialization.py) it is an uncompressed zip archive of `<name>/data.pkl`, the
// pickled object, and `<name>/data/<key>`, the bytes of each storage. Before,
// it was five pickles (magic number, protocol version, the writer's machine,
// the object, the storages' keys) and, for each key, eight bytes with the
// number of elements followed by the elements.

#ifndef CULTUREMERT_MODELS_WEIGHTS_TORCH_ARCHIVE_H_
#define CULTUREMERT_MODELS_WEIGHTS_TORCH_ARCHIVE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/weights/pickle_document.h"
#include "models/weights/weights_file_kind.h"

namespace culturemert {

struct TorchArchive {
  WeightsFileKind kind = WeightsFileKind::kTorchZip;
  PickleDocument document;
  // The bytes of each of document.storages: as many as its elements need,
  // borrowed from the file and aligned to nothing.
  std::vector<absl::Span<const std::uint8_t>> storages;
};

// Parses the file that `bytes` is the whole of, called `source` in errors:
// those of SniffWeightsFile, ParseStoredZip and Unpickle, and
//   kDataLoss         a storage is missing or cut off
//   kInvalidArgument  a storage's size is not what the pickle says; the file is
//                     neither kind of torch.save's, or a TorchScript program
//   kUnimplemented    it was written by a big-endian machine
absl::StatusOr<TorchArchive> ParseTorchArchive(
    absl::Span<const std::uint8_t> bytes, absl::string_view source);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_TORCH_ARCHIVE_H_
