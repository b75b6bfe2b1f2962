// Arrays in NumPy's .npy format, for people and for programs in Python.
//
//   ASSIGN_OR_RETURN(const NpyArray features, ReadNpy(files, "features.npy"));
//   ASSIGN_OR_RETURN(const absl::Span<const float> values,
//                    features.view().Values<float>());
//   RETURN_IF_ERROR(WriteNpy<float>(files, "copy.npy", values, {25, 768}));
//
// Reading is strict: the elements must fill the file to its last byte. What
// the header may say, and what is refused, is told at ParseNpyHeader
// (npy_header.h). Writing is byte-stable and equal to numpy.save on a C-ordered
// array.

#ifndef CULTUREMERT_TOOLS_BASE_FORMATS_NPY_H_
#define CULTUREMERT_TOOLS_BASE_FORMATS_NPY_H_

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/files/files.h"
#include "tools/base/formats/npy_header.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "elements are used as they lie in the file, little-endian");

// An array whose elements belong to someone else.
struct NpyView {
  // Names the array in errors.
  std::string source;
  NpyType dtype = NpyType::kFloat32;
  // From the slowest dimension to the fastest. Empty for a scalar.
  std::vector<std::uint64_t> shape;
  // The elements, in C order and little-endian.
  absl::Span<const std::uint8_t> data;

  // The elements in place, in C order. Errors:
  //   kInvalidArgument      T is not the array's type, or `data` does not have
  //                         the size that `dtype` and `shape` demand
  //   kDataLoss             T is bool and an element is neither 0 nor 1
  //   kFailedPrecondition   the elements are not aligned for T, which no file
  //                         written by NumPy or here is; use CopyValues
  template <typename T>
  absl::StatusOr<absl::Span<const T>> Values() const;

  // A copy of the elements, whatever their alignment. Other errors as Values.
  // T is not bool, since std::vector<bool> has no elements in memory.
  template <typename T>
  absl::StatusOr<std::vector<T>> CopyValues() const;

 private:
  absl::Status CheckType(NpyType wanted) const;
  absl::Status CheckAlignment(std::uint64_t alignment_bytes) const;
};

// Parses a whole .npy file. The view borrows `bytes`. Errors: those of
// ParseNpyHeader, and kDataLoss where elements are missing or bytes follow
// the last one.
absl::StatusOr<NpyView> ParseNpy(absl::Span<const std::uint8_t> bytes,
                                 absl::string_view source);

// An array that keeps its file mapped.
class NpyArray {
 public:
  NpyArray(NpyArray&&) = default;
  NpyArray& operator=(NpyArray&&) = default;

  // Valid as long as this array, or the one it is moved to, lives.
  const NpyView& view() const { return view_; }

 private:
  friend absl::StatusOr<NpyArray> ReadNpy(Files& files, absl::string_view path);
  NpyArray(std::unique_ptr<MappedFile> file, NpyView view)
      : file_(std::move(file)), view_(std::move(view)) {}

  std::unique_ptr<MappedFile> file_;
  NpyView view_;
};

// Maps the file and parses it. Errors: those of Files::Map and ParseNpy.
absl::StatusOr<NpyArray> ReadNpy(Files& files, absl::string_view path);

// Writes an array that need not fit into memory. The file appears under its
// name at Commit; without it no trace is left.
class NpyWriter {
 public:
  // Errors: those of NpyDataSizeBytes and Files::CreateAtomically.
  static absl::StatusOr<std::unique_ptr<NpyWriter>> Create(
      Files& files, absl::string_view path, const NpyHeader& header);

  // Appends the next elements in C order; a call may end inside a row.
  // kInvalidArgument if T is not the header's type, kOutOfRange if they are
  // more than the shape leaves room for (nothing of them is written).
  template <typename T>
  absl::Status Append(absl::Span<const T> values);

  // Appends elements given as the bytes they have in memory. As Append, and
  // kInvalidArgument if `data` ends inside an element.
  absl::Status AppendBytes(absl::Span<const std::uint8_t> data);

  // kFailedPrecondition if elements are missing or an earlier call failed to
  // write; otherwise the errors of AtomicWriter::Commit. Called once, last.
  absl::Status Commit();

 private:
  NpyWriter(std::string path, NpyHeader header, std::uint64_t size_bytes,
            std::unique_ptr<AtomicWriter> writer);

  absl::Status CheckType(NpyType wanted) const;

  const std::string path_;
  const NpyHeader header_;
  const std::uint64_t size_bytes_;
  std::uint64_t written_bytes_ = 0;
  absl::Status failure_;
  std::unique_ptr<AtomicWriter> writer_;
};

// The bytes of the .npy file that holds `values` in C order. kInvalidArgument
// if there are not as many as the shape says; other errors as
// NpyDataSizeBytes.
template <typename T>
absl::StatusOr<std::string> PrintNpy(absl::Span<const T> values,
                                     absl::Span<const std::uint64_t> shape);

// Writes that file, atomically. Errors: those of PrintNpy and NpyWriter.
template <typename T>
absl::Status WriteNpy(Files& files, absl::string_view path,
                      absl::Span<const T> values,
                      absl::Span<const std::uint64_t> shape);

// Implementation details only from here on.

namespace npy_internal {

template <typename T>
absl::Span<const std::uint8_t> BytesOf(absl::Span<const T> values) {
  return absl::MakeConstSpan(
      reinterpret_cast<const std::uint8_t*>(values.data()),
      values.size() * sizeof(T));
}

absl::StatusOr<std::string> Print(const NpyHeader& header,
                                  absl::Span<const std::uint8_t> data);
absl::Status Write(Files& files, absl::string_view path,
                   const NpyHeader& header,
                   absl::Span<const std::uint8_t> data);

}  // namespace npy_internal

template <typename T>
absl::StatusOr<absl::Span<const T>> NpyView::Values() const {
  RETURN_IF_ERROR(CheckType(NpyTypeOf<T>()));
  RETURN_IF_ERROR(CheckAlignment(alignof(T)));
  return absl::MakeConstSpan(reinterpret_cast<const T*>(data.data()),
                             data.size() / sizeof(T));
}

template <typename T>
absl::StatusOr<std::vector<T>> NpyView::CopyValues() const {
  static_assert(!std::is_same_v<T, bool>, "use Values, which never misaligns");
  RETURN_IF_ERROR(CheckType(NpyTypeOf<T>()));
  std::vector<T> values(data.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), data.data(), data.size());
  return values;
}

template <typename T>
absl::Status NpyWriter::Append(absl::Span<const T> values) {
  RETURN_IF_ERROR(CheckType(NpyTypeOf<T>()));
  return AppendBytes(npy_internal::BytesOf(values));
}

template <typename T>
absl::StatusOr<std::string> PrintNpy(absl::Span<const T> values,
                                     absl::Span<const std::uint64_t> shape) {
  return npy_internal::Print({NpyTypeOf<T>(), {shape.begin(), shape.end()}},
                             npy_internal::BytesOf(values));
}

template <typename T>
absl::Status WriteNpy(Files& files, absl::string_view path,
                      absl::Span<const T> values,
                      absl::Span<const std::uint64_t> shape) {
  return npy_internal::Write(files, path,
                             {NpyTypeOf<T>(), {shape.begin(), shape.end()}},
                             npy_internal::BytesOf(values));
}

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FORMATS_NPY_H_
