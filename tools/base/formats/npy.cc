#include "tools/base/formats/npy.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

absl::string_view AsText(absl::Span<const std::uint8_t> bytes) {
  return absl::string_view(reinterpret_cast<const char*>(bytes.data()),
                           bytes.size());
}

absl::Status CheckSize(const NpyHeader& header, std::uint64_t found_bytes) {
  ASSIGN_OR_RETURN(const std::uint64_t expected_bytes,
                   NpyDataSizeBytes(header));
  if (found_bytes == expected_bytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the elements have ", found_bytes, " bytes, the shape ",
                   PrintNpyShape(header.shape), " of ",
                   NpyTypeName(header.dtype), " needs ", expected_bytes));
}

}  // namespace

absl::Status NpyView::CheckType(NpyType wanted) const {
  if (wanted != dtype) {
    return absl::InvalidArgumentError(absl::StrCat(
        source, ": the array holds ", NpyTypeName(dtype), ", expected ",
        NpyTypeName(wanted), "; convert it: numpy.save(path, array.astype('",
        NpyTypeName(wanted), "'))"));
  }
  RETURN_IF_ERROR(Annotate(CheckSize({dtype, shape}, data.size()), source));
  if (dtype != NpyType::kBool) return absl::OkStatus();
  const auto* bad = std::find_if(data.begin(), data.end(),
                                 [](std::uint8_t byte) { return byte > 1; });
  if (bad == data.end()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      source, ": element ", bad - data.begin(), " of a bool array is ",
      static_cast<int>(*bad), ", expected 0 or 1"));
}

absl::Status NpyView::CheckAlignment(std::uint64_t alignment_bytes) const {
  const auto address = reinterpret_cast<std::uintptr_t>(data.data());
  if (address % alignment_bytes == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      source, ": the elements do not begin at a multiple of ", alignment_bytes,
      " bytes, as ", NpyTypeName(dtype),
      " must in place; copy them, or save the array again with NumPy"));
}

absl::StatusOr<NpyView> ParseNpy(absl::Span<const std::uint8_t> bytes,
                                 absl::string_view source) {
  ASSIGN_OR_RETURN(ParsedNpyHeader parsed, ParseNpyHeader(bytes, source));
  ASSIGN_OR_RETURN(const std::uint64_t expected_bytes,
                   NpyDataSizeBytes(parsed.header));
  const absl::Span<const std::uint8_t> data =
      bytes.subspan(parsed.data_offset_bytes);
  if (data.size() != expected_bytes) {
    return absl::DataLossError(absl::StrCat(
        source, ": ", data.size(), " bytes follow the header, the shape ",
        PrintNpyShape(parsed.header.shape), " of ",
        NpyTypeName(parsed.header.dtype), " needs ", expected_bytes,
        data.size() < expected_bytes ? "; the file is cut short"
                                     : "; the file has trailing bytes"));
  }
  return NpyView{std::string(source), parsed.header.dtype,
                 std::move(parsed.header.shape), data};
}

absl::StatusOr<NpyArray> ReadNpy(Files& files, absl::string_view path) {
  ASSIGN_OR_RETURN(std::unique_ptr<MappedFile> file, files.Map(path));
  ASSIGN_OR_RETURN(NpyView view, ParseNpy(file->bytes(), path));
  return NpyArray(std::move(file), std::move(view));
}

absl::StatusOr<std::unique_ptr<NpyWriter>> NpyWriter::Create(
    Files& files, absl::string_view path, const NpyHeader& header) {
  ASSIGN_OR_RETURN(const std::string prefix,
                   Annotate(PrintNpyHeader(header), path));
  ASSIGN_OR_RETURN(const std::uint64_t size_bytes, NpyDataSizeBytes(header));
  ASSIGN_OR_RETURN(std::unique_ptr<AtomicWriter> writer,
                   files.CreateAtomically(path));
  RETURN_IF_ERROR(writer->Append(prefix));
  return std::unique_ptr<NpyWriter>(
      new NpyWriter(std::string(path), header, size_bytes, std::move(writer)));
}

NpyWriter::NpyWriter(std::string path, NpyHeader header,
                     std::uint64_t size_bytes,
                     std::unique_ptr<AtomicWriter> writer)
    : path_(std::move(path)),
      header_(std::move(header)),
      size_bytes_(size_bytes),
      writer_(std::move(writer)) {}

absl::Status NpyWriter::CheckType(NpyType wanted) const {
  if (wanted == header_.dtype) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      path_, ": ", NpyTypeName(wanted),
      " elements were appended to an array of ", NpyTypeName(header_.dtype)));
}

absl::Status NpyWriter::AppendBytes(absl::Span<const std::uint8_t> data) {
  if (!failure_.ok()) return failure_;
  const std::uint64_t element_bytes = NpyTypeSizeBytes(header_.dtype);
  if (data.size() % element_bytes != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        path_, ": ", data.size(), " bytes were appended, expected a multiple ",
        "of ", element_bytes, ", the size of one ",
        NpyTypeName(header_.dtype)));
  }
  if (data.size() > size_bytes_ - written_bytes_) {
    return absl::OutOfRangeError(
        absl::StrCat(path_, ": ", data.size() / element_bytes,
                     " elements were appended, the shape ",
                     PrintNpyShape(header_.shape), " has room for ",
                     (size_bytes_ - written_bytes_) / element_bytes, " more"));
  }
  failure_ = writer_->Append(AsText(data));
  if (failure_.ok()) written_bytes_ += data.size();
  return failure_;
}

absl::Status NpyWriter::Commit() {
  if (!failure_.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        path_,
        ": not written, because an earlier part failed: ", failure_.message()));
  }
  if (written_bytes_ != size_bytes_) {
    const std::uint64_t element_bytes = NpyTypeSizeBytes(header_.dtype);
    return absl::FailedPreconditionError(absl::StrCat(
        path_, ": not written, because ", written_bytes_ / element_bytes,
        " elements were appended, the shape ", PrintNpyShape(header_.shape),
        " needs ", size_bytes_ / element_bytes));
  }
  return writer_->Commit();
}

namespace npy_internal {

absl::StatusOr<std::string> Print(const NpyHeader& header,
                                  absl::Span<const std::uint8_t> data) {
  RETURN_IF_ERROR(CheckSize(header, data.size()));
  ASSIGN_OR_RETURN(std::string text, PrintNpyHeader(header));
  text.append(AsText(data).data(), data.size());
  return text;
}

absl::Status Write(Files& files, absl::string_view path,
                   const NpyHeader& header,
                   absl::Span<const std::uint8_t> data) {
  RETURN_IF_ERROR(Annotate(CheckSize(header, data.size()), path));
  ASSIGN_OR_RETURN(const std::unique_ptr<NpyWriter> writer,
                   NpyWriter::Create(files, path, header));
  RETURN_IF_ERROR(writer->AppendBytes(data));
  return writer->Commit();
}

}  // namespace npy_internal
}  // namespace culturemert
