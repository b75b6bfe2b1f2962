// Any bytes are a file of torch.save, or a pickle, or are refused; what was
// read refers to nothing outside of it, and has no more parts than its size
// allows.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/types/span.h"
#include "models/weights/pickle_document.h"
#include "models/weights/pickle_flatten.h"
#include "models/weights/torch_archive.h"
#include "models/weights/unpickler.h"

namespace culturemert {
namespace {

using Bytes = absl::Span<const std::uint8_t>;

void Check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", property);
  std::abort();
}

void CheckTensor(const PickleDocument& document, const PickleTensor& tensor) {
  Check(tensor.storage < document.storages.size(), "a tensor has a storage");
  Check(tensor.shape.size() == tensor.strides.size(),
        "there is a stride for each dimension");
  const PickleStorage& storage = document.storages[tensor.storage];
  absl::uint128 furthest = static_cast<std::uint64_t>(tensor.offset_elements);
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    Check(tensor.shape[i] >= 0 && tensor.strides[i] >= 0,
          "shapes and strides are not negative");
    if (tensor.shape[i] == 0) return;
    furthest += absl::uint128(static_cast<std::uint64_t>(tensor.shape[i] - 1)) *
                static_cast<std::uint64_t>(tensor.strides[i]);
  }
  Check((furthest + 1) * InfoOf(tensor.type).size_bytes <=
            absl::uint128(storage.num_elements) * storage.element_size_bytes,
        "a tensor lies inside its storage");
}

void CheckDocument(const PickleDocument& document, std::size_t size) {
  Check(document.root < document.nodes.size(), "there is a root");
  std::size_t parts = 0;
  for (const PickleNode& node : document.nodes) {
    parts += 1 + node.items.size() + node.text.size();
    for (const PickleId item : node.items) {
      Check(item < document.nodes.size(), "items are nodes");
    }
    if (node.kind == PickleKind::kObject) {
      Check(node.items.size() == kNumObjectItems, "objects have their items");
    }
    if (node.kind == PickleKind::kDict) {
      Check(node.items.size() % 2 == 0, "keys have values");
    }
    if (node.kind == PickleKind::kTensor) {
      Check(static_cast<std::uint64_t>(node.integer) < document.tensors.size(),
            "tensors are described");
    }
    if (node.kind == PickleKind::kStorage) {
      Check(static_cast<std::uint64_t>(node.integer) < document.storages.size(),
            "storages are described");
    }
  }
  Check(parts <= 16 * size + 6'000'000, "memory grows with the size");
  for (const PickleTensor& tensor : document.tensors) {
    CheckTensor(document, tensor);
  }
  const auto flat = FlattenPickle(document);
  if (!flat.ok()) return;
  for (const auto& [name, tensor] : flat->tensors) {
    Check(tensor < document.tensors.size(), "flat names lead to tensors");
    Check(name.size() <= kMaxFlatNameBytes, "flat names are not too long");
  }
}

void CheckPickle(Bytes bytes) {
  const auto unpickled = Unpickle(bytes, "a.pkl");
  if (!unpickled.ok()) {
    Check(absl::StartsWith(unpickled.status().message(), "a.pkl: byte "),
          "an error names its place");
    return;
  }
  Check(unpickled->size_bytes <= bytes.size(), "a pickle ends in the file");
  CheckDocument(unpickled->document, bytes.size());
}

void CheckFile(Bytes bytes) {
  const auto archive = ParseTorchArchive(bytes, "a.pt");
  if (!archive.ok()) {
    Check(absl::StartsWith(archive.status().message(), "a.pt: "),
          "an error names its file");
    return;
  }
  CheckDocument(archive->document, bytes.size());
  const auto& storages = archive->document.storages;
  Check(storages.size() == archive->storages.size(), "all storages are found");
  for (std::size_t i = 0; i < storages.size(); ++i) {
    const Bytes data = archive->storages[i];
    Check(data.size() ==
              storages[i].num_elements * storages[i].element_size_bytes,
          "a storage has all its bytes");
    Check(data.empty() ||
              (data.begin() >= bytes.begin() && data.end() <= bytes.end()),
          "a storage lies inside the file");
  }
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  culturemert::CheckFile(absl::MakeConstSpan(data, size));
  culturemert::CheckPickle(absl::MakeConstSpan(data, size));
  return 0;
}
