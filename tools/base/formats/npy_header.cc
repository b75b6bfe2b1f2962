#include "tools/base/formats/npy_header.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

struct TypeFacts {
  NpyType type;
  absl::string_view name;
  absl::string_view descriptor;
  std::uint64_t size_bytes;
};

constexpr std::array<TypeFacts, 12> kTypes = {{
    {NpyType::kBool, "bool", "|b1", 1},
    {NpyType::kInt8, "int8", "|i1", 1},
    {NpyType::kInt16, "int16", "<i2", 2},
    {NpyType::kInt32, "int32", "<i4", 4},
    {NpyType::kInt64, "int64", "<i8", 8},
    {NpyType::kUint8, "uint8", "|u1", 1},
    {NpyType::kUint16, "uint16", "<u2", 2},
    {NpyType::kUint32, "uint32", "<u4", 4},
    {NpyType::kUint64, "uint64", "<u8", 8},
    {NpyType::kFloat16, "float16", "<f2", 2},
    {NpyType::kFloat32, "float32", "<f4", 4},
    {NpyType::kFloat64, "float64", "<f8", 8},
}};

const TypeFacts& FactsOf(NpyType type) {
  return kTypes[static_cast<std::size_t>(type)];
}

constexpr absl::string_view kMagic("\x93NUMPY", 6);
constexpr std::uint64_t kPreambleBytes = 8;  // The magic and the version.
constexpr std::uint64_t kAlignmentBytes = 64;
constexpr std::uint64_t kMaxSizeBytes =
    std::numeric_limits<std::int64_t>::max();

std::string Quoted(absl::string_view text) {
  constexpr std::size_t kMaxBytes = 40;
  return QuoteForMessage(text, kMaxBytes);
}

absl::StatusOr<NpyType> ParseDescriptor(absl::string_view descriptor) {
  const char order = descriptor.empty() ? '\0' : descriptor.front();
  const absl::string_view kind =
      descriptor.substr(std::min<std::size_t>(1, descriptor.size()));
  if (absl::StrContains(descriptor, 'O')) {
    return absl::UnimplementedError(absl::StrCat(
        "the type ", Quoted(descriptor),
        " holds Python objects (a pickle), which are never executed; save "
        "the array as numbers: numpy.save(path, array.astype('float32'))"));
  }
  for (const TypeFacts& facts : kTypes) {
    if (kind != facts.descriptor.substr(1)) continue;
    if (order == '<') return facts.type;
    if (facts.size_bytes == 1 && (order == '|' || order == '>')) {
      return facts.type;
    }
    if (order == '>') {
      return absl::UnimplementedError(absl::StrCat(
          "the type ", Quoted(descriptor),
          " is big-endian, only little-endian is read; convert it: "
          "numpy.save(path, array.astype('",
          facts.descriptor, "'))"));
    }
  }
  const std::string supported =
      absl::StrJoin(kTypes, ", ", [](std::string* out, const TypeFacts& facts) {
        absl::StrAppend(out, facts.descriptor);
      });
  return absl::UnimplementedError(
      absl::StrCat("the type ", Quoted(descriptor),
                   " is not supported; expected one of ", supported));
}

bool OrderMatters(absl::Span<const std::uint64_t> shape) {
  return std::count_if(shape.begin(), shape.end(),
                       [](std::uint64_t size) { return size != 1; }) > 1;
}

// A parser of the one Python literal a header may be.
class DictionaryParser {
 public:
  // `text` begins at byte `offset_bytes` of the file.
  DictionaryParser(absl::string_view text, std::uint64_t offset_bytes)
      : text_(text), offset_bytes_(offset_bytes) {}

  absl::StatusOr<NpyHeader> Parse() {
    RETURN_IF_ERROR(ParseEntries());
    SkipSpace();
    if (position_ != text_.size()) {
      return Unexpected("only spaces and a newline after the dictionary");
    }
    if (text_.empty() || text_.back() != '\n') {
      return absl::InvalidArgumentError(
          "the header does not end in a newline, as the format demands");
    }
    if (!dtype_) return Missing("descr");
    if (!fortran_order_) return Missing("fortran_order");
    if (!shape_) return Missing("shape");
    NpyHeader header{*dtype_, *std::move(shape_)};
    RETURN_IF_ERROR(NpyDataSizeBytes(header));
    if (*fortran_order_ && OrderMatters(header.shape)) {
      return absl::UnimplementedError(
          "the array is in Fortran order, only C order is read; convert it: "
          "numpy.save(path, numpy.ascontiguousarray(array))");
    }
    return header;
  }

 private:
  absl::Status ParseEntries() {
    RETURN_IF_ERROR(Expect('{', "a dictionary, '{'"));
    while (!Accept('}')) {
      RETURN_IF_ERROR(ParseEntry());
      if (!Accept(',')) return Expect('}', "',' or '}'");
    }
    return absl::OkStatus();
  }

  absl::Status ParseEntry() {
    ASSIGN_OR_RETURN(const absl::string_view key, ParseString("a key"));
    const bool repeated = (key == "descr" && dtype_.has_value()) ||
                          (key == "fortran_order" && fortran_order_) ||
                          (key == "shape" && shape_.has_value());
    if (repeated) {
      return absl::InvalidArgumentError(
          absl::StrCat("the key ", Quoted(key), " appears twice"));
    }
    RETURN_IF_ERROR(Expect(':', "':' after the key"));
    if (key == "descr") return ParseType();
    if (key == "fortran_order") return ParseFortranOrder();
    if (key == "shape") return ParseShape();
    return absl::InvalidArgumentError(
        absl::StrCat("unknown key ", Quoted(key),
                     "; expected descr, fortran_order and shape"));
  }

  absl::Status ParseType() {
    SkipSpace();
    if (Peek() == '[') {
      return absl::UnimplementedError(
          "the array has a structured type (named fields), which is not "
          "read; save each field alone: numpy.save(path, array['field'])");
    }
    ASSIGN_OR_RETURN(const absl::string_view descriptor,
                     ParseString("a type such as '<f4'"));
    ASSIGN_OR_RETURN(dtype_, ParseDescriptor(descriptor));
    return absl::OkStatus();
  }

  absl::Status ParseFortranOrder() {
    SkipSpace();
    for (const bool value : {false, true}) {
      const absl::string_view word = value ? "True" : "False";
      if (!absl::StartsWith(Rest(), word)) continue;
      position_ += word.size();
      fortran_order_ = value;
      return absl::OkStatus();
    }
    return Unexpected("True or False");
  }

  absl::Status ParseShape() {
    RETURN_IF_ERROR(Expect('(', "a tuple of dimensions, '('"));
    std::vector<std::uint64_t> shape;
    bool comma = true;
    while (!Accept(')')) {
      if (!comma) return Unexpected("',' or ')'");
      if (shape.size() == kMaxNpyDimensions) {
        return absl::InvalidArgumentError(absl::StrCat(
            "the shape has more than ", kMaxNpyDimensions, " dimensions"));
      }
      ASSIGN_OR_RETURN(const std::uint64_t dimension, ParseDimension());
      shape.push_back(dimension);
      comma = Accept(',');
    }
    if (shape.size() == 1 && !comma) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the shape (", shape[0], ") is a number, not a tuple; expected (",
          shape[0], ",) for one dimension"));
    }
    shape_ = std::move(shape);
    return absl::OkStatus();
  }

  absl::StatusOr<std::uint64_t> ParseDimension() {
    SkipSpace();
    if (Peek() == '-') return Unexpected("a dimension that is not negative");
    const std::size_t begin = position_;
    while (absl::ascii_isdigit(Peek())) ++position_;
    const absl::string_view digits = text_.substr(begin, position_ - begin);
    if (digits.empty()) return Unexpected("a dimension");
    if (digits.size() > 1 && digits.front() == '0') {
      return absl::InvalidArgumentError(absl::StrCat(
          "the dimension ", Quoted(digits), " begins with a zero"));
    }
    std::uint64_t dimension = 0;
    if (!absl::SimpleAtoi(digits, &dimension) || dimension > kMaxSizeBytes) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the dimension ", Quoted(digits), " is over ", kMaxSizeBytes));
    }
    return dimension;
  }

  // The text between two quotes. No string a header may hold needs an escape.
  absl::StatusOr<absl::string_view> ParseString(absl::string_view what) {
    SkipSpace();
    const char quote = Peek();
    if (quote != '\'' && quote != '"') {
      return Unexpected(absl::StrCat(what, ", in quotes"));
    }
    const std::size_t begin = position_ + 1;
    const std::size_t end = text_.find(quote, begin);
    if (end == absl::string_view::npos) {
      return Unexpected(absl::StrCat(what, " with a closing quote"));
    }
    const absl::string_view value = text_.substr(begin, end - begin);
    if (absl::StrContains(value, '\\')) {
      return Unexpected(absl::StrCat(what, " without backslashes"));
    }
    position_ = end + 1;
    return value;
  }

  void SkipSpace() {
    while (absl::ascii_isspace(Peek())) ++position_;
  }

  bool Accept(char c) {
    SkipSpace();
    if (position_ == text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  absl::Status Expect(char c, absl::string_view expected) {
    return Accept(c) ? absl::OkStatus() : Unexpected(expected);
  }

  // The next byte, or NUL at the end.
  char Peek() const {
    return position_ < text_.size() ? text_[position_] : '\0';
  }

  absl::string_view Rest() const { return text_.substr(position_); }

  absl::Status Unexpected(absl::string_view expected) const {
    const std::string found =
        Rest().empty() ? "the end of the header"
                       : Quoted(absl::StripTrailingAsciiWhitespace(Rest()));
    return absl::InvalidArgumentError(
        absl::StrCat("header, byte ", offset_bytes_ + position_, ": found ",
                     found, ", expected ", expected));
  }

  static absl::Status Missing(absl::string_view key) {
    return absl::InvalidArgumentError(
        absl::StrCat("the header lacks the key \"", key, "\""));
  }

  const absl::string_view text_;
  const std::uint64_t offset_bytes_;
  std::size_t position_ = 0;
  std::optional<NpyType> dtype_;
  std::optional<bool> fortran_order_;
  std::optional<std::vector<std::uint64_t>> shape_;
};

absl::StatusOr<ParsedNpyHeader> Parse(absl::string_view bytes) {
  if (!absl::StartsWith(bytes, kMagic)) {
    if (absl::StartsWith(kMagic, bytes)) {
      return absl::DataLossError(absl::StrCat(
          "the file ends after ", bytes.size(), " bytes, inside the magic"));
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "not a .npy file: it begins with ",
        Quoted(bytes.substr(0, kMagic.size())), ", expected ", Quoted(kMagic),
        absl::StartsWith(bytes, "PK\x03\x04")
            ? "; this is a .npz or other zip archive, unpack it first"
            : ""));
  }
  if (bytes.size() < kPreambleBytes) {
    return absl::DataLossError(absl::StrCat(
        "the file ends after ", bytes.size(), " bytes, before its version"));
  }
  const int major = static_cast<std::uint8_t>(bytes[6]);
  const int minor = static_cast<std::uint8_t>(bytes[7]);
  if (major < 1 || major > 3 || minor != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the version is ", major, ".", minor, ", expected 1.0, 2.0 or 3.0"));
  }
  const std::uint64_t length_bytes = major == 1 ? 2 : 4;
  const std::uint64_t header_begin = kPreambleBytes + length_bytes;
  if (bytes.size() < header_begin) {
    return absl::DataLossError(
        absl::StrCat("the file ends after ", bytes.size(),
                     " bytes, before the length of its header"));
  }
  std::uint64_t header_bytes = 0;
  for (std::uint64_t i = 0; i < length_bytes; ++i) {
    header_bytes |= static_cast<std::uint64_t>(
                        static_cast<std::uint8_t>(bytes[kPreambleBytes + i]))
                    << (8 * i);
  }
  if (header_bytes > bytes.size() - header_begin) {
    return absl::DataLossError(absl::StrCat(
        "the header should have ", header_bytes, " bytes, the file has only ",
        bytes.size() - header_begin, " left"));
  }
  DictionaryParser parser(bytes.substr(header_begin, header_bytes),
                          header_begin);
  ASSIGN_OR_RETURN(NpyHeader header, parser.Parse());
  return ParsedNpyHeader{std::move(header), header_begin + header_bytes};
}

}  // namespace

absl::Span<const NpyType> AllNpyTypes() {
  static constexpr auto kAll = [] {
    std::array<NpyType, kTypes.size()> all{};
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = kTypes[i].type;
    return all;
  }();
  return kAll;
}

absl::string_view NpyTypeName(NpyType type) { return FactsOf(type).name; }

absl::string_view NpyTypeDescriptor(NpyType type) {
  return FactsOf(type).descriptor;
}

std::uint64_t NpyTypeSizeBytes(NpyType type) {
  return FactsOf(type).size_bytes;
}

std::string PrintNpyShape(absl::Span<const std::uint64_t> shape) {
  if (shape.size() == 1) return absl::StrCat("(", shape[0], ",)");
  return absl::StrCat("(", absl::StrJoin(shape, ", "), ")");
}

absl::StatusOr<std::uint64_t> NpyDataSizeBytes(const NpyHeader& header) {
  if (header.shape.size() > kMaxNpyDimensions) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the shape has ", header.shape.size(), " dimensions, at most ",
        kMaxNpyDimensions, " are allowed"));
  }
  std::uint64_t size_bytes = NpyTypeSizeBytes(header.dtype);
  bool empty = false;
  for (const std::uint64_t dimension : header.shape) {
    if (dimension == 0) {
      empty = true;
      continue;
    }
    if (dimension > kMaxSizeBytes / size_bytes) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the shape ", PrintNpyShape(header.shape), " of ",
          NpyTypeName(header.dtype), " has more than 2^63 - 1 bytes"));
    }
    size_bytes *= dimension;
  }
  return empty ? 0 : size_bytes;
}

absl::StatusOr<ParsedNpyHeader> ParseNpyHeader(
    absl::Span<const std::uint8_t> bytes, absl::string_view source) {
  return Annotate(
      Parse(absl::string_view(reinterpret_cast<const char*>(bytes.data()),
                              bytes.size())),
      source);
}

absl::StatusOr<std::string> PrintNpyHeader(const NpyHeader& header) {
  RETURN_IF_ERROR(NpyDataSizeBytes(header));
  std::string dictionary = absl::StrCat(
      "{'descr': '", NpyTypeDescriptor(header.dtype),
      "', 'fortran_order': False, 'shape': ", PrintNpyShape(header.shape),
      ", }");
  // NumPy leaves room for the first dimension to grow to 21 digits in place.
  if (!header.shape.empty()) {
    dictionary.append(21 - absl::StrCat(header.shape[0]).size(), ' ');
  }
  // Including the newline. A header that fits exactly is padded once more.
  const std::uint64_t unpadded = kPreambleBytes + 2 + dictionary.size() + 1;
  dictionary.append(kAlignmentBytes - unpadded % kAlignmentBytes, ' ');
  dictionary.push_back('\n');
  // 64 dimensions of at most 19 digits keep this far below 65,536.
  const std::uint64_t length = dictionary.size();
  const char prefix[] = {1, 0, static_cast<char>(length % 256),
                         static_cast<char>(length / 256)};
  return absl::StrCat(kMagic, absl::string_view(prefix, sizeof(prefix)),
                      dictionary);
}

}  // namespace culturemert
