#include "models/weights/torch_file.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "models/tensors/torch_errors.h"
#include "models/weights/mapped_tensor.h"
#include "models/weights/pickle_flatten.h"
#include "models/weights/torch_archive.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

using weights_internal::MappedStorage;
using weights_internal::ViewStorage;

absl::StatusOr<std::vector<at::Storage>> MapStorages(
    const std::shared_ptr<const MappedFile>& file,
    const TorchArchive& archive) {
  // A storage may hold larger elements than its own type says.
  std::vector<std::uint64_t> alignments_bytes(archive.storages.size(), 1);
  for (const PickleTensor& tensor : archive.document.tensors) {
    std::uint64_t& alignment = alignments_bytes[tensor.storage];
    alignment = std::max(alignment, InfoOf(tensor.type).size_bytes);
  }
  return CatchTorchErrors([&]() -> absl::StatusOr<std::vector<at::Storage>> {
    std::vector<at::Storage> storages;
    for (std::size_t i = 0; i < archive.storages.size(); ++i) {
      storages.push_back(
          MappedStorage(file, archive.storages[i], alignments_bytes[i]));
    }
    return storages;
  });
}

absl::StatusOr<NamedTensors> MakeTensors(
    const FlatPickle& flat, const PickleDocument& document,
    const std::vector<at::Storage>& storages) {
  NamedTensors tensors;
  for (const auto& [name, index] : flat.tensors) {
    const PickleTensor& tensor = document.tensors[index];
    const auto work = [&]() -> absl::StatusOr<at::Tensor> {
      return ViewStorage(storages[tensor.storage], tensor.type,
                         tensor.offset_elements, tensor.shape, tensor.strides);
    };
    ASSIGN_OR_RETURN(tensors[name],
                     Annotate(CatchTorchErrors(work),
                              absl::StrCat("tensor ", QuoteForMessage(name))));
  }
  return tensors;
}

// The first steps of the names, the first ten of them.
std::string FirstSteps(const NamedTensors& tensors) {
  std::set<std::string> steps;
  for (const auto& [name, tensor] : tensors) {
    if (steps.size() == 10) break;
    steps.insert(QuoteForMessage(name.substr(0, name.find('.'))));
  }
  return absl::StrJoin(steps, ", ");
}

}  // namespace

absl::StatusOr<TorchFile> LoadTorchFile(Files& files, absl::string_view path) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const MappedFile> file,
                   files.Map(path));
  ASSIGN_OR_RETURN(TorchArchive archive,
                   ParseTorchArchive(file->bytes(), path));
  ASSIGN_OR_RETURN(FlatPickle flat,
                   Annotate(FlattenPickle(archive.document), path));
  ASSIGN_OR_RETURN(const std::vector<at::Storage> storages,
                   Annotate(MapStorages(file, archive), path));
  TorchFile result;
  result.kind = archive.kind;
  ASSIGN_OR_RETURN(
      result.tensors,
      Annotate(MakeTensors(flat, archive.document, storages), path));
  result.string_lists = std::move(flat.string_lists);
  result.document = std::move(archive.document);
  return result;
}

absl::StatusOr<NamedTensors> TensorsBelow(const NamedTensors& tensors,
                                          absl::string_view path) {
  if (path.empty()) return tensors;
  const std::string prefix = absl::StrCat(path, ".");
  NamedTensors below;
  for (auto i = tensors.lower_bound(prefix); i != tensors.end(); ++i) {
    absl::string_view name = i->first;
    if (!absl::ConsumePrefix(&name, prefix)) break;
    below.emplace(std::string(name), i->second);
  }
  if (!below.empty()) return below;
  return absl::NotFoundError(
      absl::StrCat("no tensors below ", QuoteForMessage(path),
                   ", the names begin with ", FirstSteps(tensors)));
}

}  // namespace culturemert
