#include "models/weights/safetensors.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "models/tensors/torch_errors.h"
#include "models/weights/mapped_tensor.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/nearest_name.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

using weights_internal::FromScalarType;
using weights_internal::MappedStorage;
using weights_internal::ViewStorage;

std::vector<std::int64_t> ContiguousStrides(
    absl::Span<const std::int64_t> shape) {
  std::vector<std::int64_t> strides(shape.size());
  std::int64_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= std::max<std::int64_t>(shape[i], 1);
  }
  return strides;
}

absl::StatusOr<SafetensorsEntry> EntryOf(const std::string& name,
                                         const at::Tensor& tensor) {
  const auto error = [&](absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor ", QuoteForMessage(name), ": ", what));
  };
  if (!tensor.defined()) return error("is undefined");
  if (tensor.layout() != at::kStrided) return error("must be dense");
  const std::optional<ElementType> type = FromScalarType(tensor.scalar_type());
  if (!type.has_value()) {
    return error(absl::StrCat("safetensors files cannot hold elements of ",
                              at::toString(tensor.scalar_type())));
  }
  SafetensorsEntry entry;
  entry.name = name;
  entry.type = *type;
  entry.shape = tensor.sizes().vec();
  return entry;
}

absl::Status AppendElements(const at::Tensor& tensor, AtomicWriter* writer) {
  return CatchTorchErrors([&] {
    const at::Tensor plain = tensor.detach().cpu().contiguous();
    return writer->Append(absl::string_view(
        static_cast<const char*>(plain.const_data_ptr()), plain.nbytes()));
  });
}

}  // namespace

SafetensorsFile::SafetensorsFile(std::string path,
                                 std::shared_ptr<const MappedFile> file,
                                 SafetensorsHeader header)
    : path_(std::move(path)),
      file_(std::move(file)),
      header_(std::move(header)) {}

absl::StatusOr<SafetensorsFile> SafetensorsFile::Open(Files& files,
                                                      absl::string_view path) {
  ASSIGN_OR_RETURN(std::shared_ptr<const MappedFile> file, files.Map(path));
  ASSIGN_OR_RETURN(SafetensorsHeader header,
                   ParseSafetensorsHeader(file->bytes(), path));
  return SafetensorsFile(std::string(path), std::move(file), std::move(header));
}

absl::StatusOr<at::Tensor> SafetensorsFile::TensorOf(
    const SafetensorsEntry& entry) const {
  const auto work = [&]() -> absl::StatusOr<at::Tensor> {
    const at::Storage storage = MappedStorage(
        file_,
        file_->bytes().subspan(header_.data_offset_bytes + entry.begin_bytes,
                               entry.end_bytes - entry.begin_bytes),
        InfoOf(entry.type).size_bytes);
    return ViewStorage(storage, entry.type, /*offset_elements=*/0, entry.shape,
                       ContiguousStrides(entry.shape));
  };
  return Annotate(
      CatchTorchErrors(work),
      absl::StrCat(path_, ": tensor ", QuoteForMessage(entry.name)));
}

absl::StatusOr<at::Tensor> SafetensorsFile::Tensor(
    absl::string_view name) const {
  std::vector<std::string> names;
  for (const SafetensorsEntry& entry : header_.entries) {
    if (entry.name == name) return TensorOf(entry);
    names.push_back(entry.name);
  }
  return absl::NotFoundError(absl::StrCat(
      path_, ": no tensor ", QuoteForMessage(name), DidYouMean(name, names)));
}

absl::StatusOr<NamedTensors> SafetensorsFile::AllTensors() const {
  NamedTensors tensors;
  for (const SafetensorsEntry& entry : header_.entries) {
    ASSIGN_OR_RETURN(tensors[entry.name], TensorOf(entry));
  }
  return tensors;
}

absl::StatusOr<Safetensors> LoadSafetensors(Files& files,
                                            absl::string_view path) {
  ASSIGN_OR_RETURN(const SafetensorsFile file,
                   SafetensorsFile::Open(files, path));
  ASSIGN_OR_RETURN(NamedTensors tensors, file.AllTensors());
  return Safetensors{std::move(tensors), file.header().metadata};
}

absl::Status WriteSafetensors(
    Files& files, absl::string_view path, const NamedTensors& tensors,
    const std::map<std::string, std::string>& metadata) {
  SafetensorsHeader header;
  header.metadata = metadata;
  for (const auto& [name, tensor] : tensors) {
    ASSIGN_OR_RETURN(SafetensorsEntry entry,
                     Annotate(EntryOf(name, tensor), path));
    header.entries.push_back(std::move(entry));
  }
  ASSIGN_OR_RETURN(const std::string header_bytes,
                   Annotate(PrintSafetensorsHeader(&header), path));
  ASSIGN_OR_RETURN(const std::unique_ptr<AtomicWriter> writer,
                   files.CreateAtomically(path));
  RETURN_IF_ERROR(writer->Append(header_bytes));
  for (const SafetensorsEntry& entry : header.entries) {
    RETURN_IF_ERROR(AppendElements(tensors.at(entry.name), writer.get()));
  }
  return writer->Commit();
}

}  // namespace culturemert
