#include "tools/base/config/canonical_json.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tools/base/config/config_path.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr std::size_t kLineWidth = 80;

std::string Escaped(const std::string& text) {
  std::string out = "\"";
  for (const char byte : text) {
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(byte) < 0x20) {
          out += absl::StrCat("\\u", absl::Hex(byte, absl::kZeroPad4));
        } else {
          out += byte;
        }
    }
  }
  return out + '"';
}

// Prints one value; Json decides the order of the keys.
template <typename Json>
class Printer {
 public:
  explicit Printer(JsonLayout layout)
      : indented_(layout == JsonLayout::kIndented) {}

  // `indent` is that of the line the value starts on, `column` where it starts.
  absl::Status Print(const Json& value, const std::string& path,
                     std::size_t indent, std::size_t column) {
    if (value.is_object()) return PrintObject(value, path, indent);
    if (value.is_array()) return PrintList(value, path, indent, column);
    ASSIGN_OR_RETURN(const std::string text, Scalar(value, path));
    out_ += text;
    return absl::OkStatus();
  }

  std::string Take() { return std::move(out_); }

 private:
  static absl::StatusOr<std::string> Scalar(const Json& value,
                                            const std::string& path) {
    const auto refuse = [&](absl::string_view what) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, path.empty() ? "" : ": ", "JSON cannot hold ", what));
    };
    switch (value.type()) {
      case Json::value_t::null:
        return std::string("null");
      case Json::value_t::boolean:
        return std::string(value.template get<bool>() ? "true" : "false");
      case Json::value_t::number_integer:
        return absl::StrCat(value.template get<std::int64_t>());
      case Json::value_t::number_unsigned:
        return absl::StrCat(value.template get<std::uint64_t>());
      case Json::value_t::number_float: {
        const double number = value.template get<double>();
        if (!std::isfinite(number)) return refuse("NaN or an infinity");
        return ShortestDouble(number);
      }
      case Json::value_t::string: {
        const auto& text = value.template get_ref<const std::string&>();
        if (!IsValidUtf8(text)) return refuse("a string that is not UTF-8");
        return Escaped(text);
      }
      default:
        return refuse("binary data");
    }
  }

  void NewLine(std::size_t indent) {
    if (!indented_) return;
    out_ += '\n';
    out_.append(indent, ' ');
  }

  absl::Status PrintObject(const Json& object, const std::string& path,
                           std::size_t indent) {
    out_ += '{';
    bool first = true;
    for (auto member = object.begin(); member != object.end(); ++member) {
      if (!first) out_ += ',';
      first = false;
      NewLine(indent + 2);
      const std::string member_path = JoinConfigPath(path, member.key());
      ASSIGN_OR_RETURN(const std::string key,
                       Scalar(Json(member.key()), member_path));
      absl::StrAppend(&out_, key, indented_ ? ": " : ":");
      RETURN_IF_ERROR(Print(member.value(), member_path, indent + 2,
                            indent + 2 + CountCharacters(key) + 2));
    }
    if (!object.empty()) NewLine(indent);
    out_ += '}';
    return absl::OkStatus();
  }

  absl::Status PrintList(const Json& list, const std::string& path,
                         std::size_t indent, std::size_t column) {
    ASSIGN_OR_RETURN(const bool printed, PrintOnOneLine(list, path, column));
    if (printed) return absl::OkStatus();
    out_ += '[';
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out_ += ',';
      NewLine(indent + 2);
      RETURN_IF_ERROR(Print(list[i], JoinConfigPath(path, absl::StrCat(i)),
                            indent + 2, indent + 2));
    }
    if (!list.empty()) NewLine(indent);
    out_ += ']';
    return absl::OkStatus();
  }

  // True if the list is one of scalars that fits, with a comma behind it.
  absl::StatusOr<bool> PrintOnOneLine(const Json& list, const std::string& path,
                                      std::size_t column) {
    if (!indented_) return false;
    std::string line = "[";
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (list[i].is_structured()) return false;
      ASSIGN_OR_RETURN(const std::string element,
                       Scalar(list[i], JoinConfigPath(path, absl::StrCat(i))));
      absl::StrAppend(&line, i == 0 ? "" : ", ", element);
      if (column + CountCharacters(line) + 2 > kLineWidth) return false;
    }
    absl::StrAppend(&out_, line, "]");
    return true;
  }

  const bool indented_;
  std::string out_;
};

template <typename Json>
absl::StatusOr<std::string> PrintJson(const Json& value, JsonLayout layout) {
  Printer<Json> printer(layout);
  RETURN_IF_ERROR(printer.Print(value, "", 0, 0));
  return printer.Take();
}

}  // namespace

absl::StatusOr<std::string> CanonicalJson(const nlohmann::json& value,
                                          JsonLayout layout) {
  return PrintJson(value, layout);
}

absl::StatusOr<std::string> OrderedJson(const nlohmann::ordered_json& value,
                                        JsonLayout layout) {
  return PrintJson(value, layout);
}

std::string ShortestDouble(double value) {
  char buffer[64];
  const std::to_chars_result end = std::to_chars(
      buffer, buffer + sizeof(buffer), value, std::chars_format::scientific);
  // "-d.ddde-07": sign, digits and exponent are laid out anew.
  absl::string_view text(buffer, static_cast<std::size_t>(end.ptr - buffer));
  const std::string sign = text[0] == '-' ? "-" : "";
  if (!sign.empty()) text.remove_prefix(1);
  const std::size_t mark = text.find('e');
  int exponent = 0;
  if (mark == text.npos ||
      !absl::SimpleAtoi(text.substr(mark + 1), &exponent)) {
    return std::string(buffer, end.ptr);
  }
  std::string digits(1, text[0]);
  if (mark > 2) absl::StrAppend(&digits, text.substr(2, mark - 2));
  const int count = static_cast<int>(digits.size());
  if (exponent < -6 || exponent > 15) {
    if (count > 1) digits.insert(1, ".");
    return absl::StrCat(sign, digits, "e", exponent);
  }
  if (exponent < 0) {
    return absl::StrCat(sign, "0.", std::string(-exponent - 1, '0'), digits);
  }
  if (count <= exponent + 1) {
    return absl::StrCat(sign, digits, std::string(exponent + 1 - count, '0'),
                        ".0");
  }
  return absl::StrCat(sign, digits.substr(0, exponent + 1), ".",
                      digits.substr(exponent + 1));
}

}  // namespace culturemert
