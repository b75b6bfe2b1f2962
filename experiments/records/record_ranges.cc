#include "experiments/records/record_ranges.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "experiments/records/record_check.h"
#include "experiments/records/record_fields.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace record_internal {
namespace {

absl::Status Refuse(absl::string_view place, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(place, ": ", problem));
}

bool IsUtcTime(absl::string_view text) {
  constexpr absl::string_view kPattern = "0000-00-00T00:00:00Z";
  if (text.size() != kPattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool matches = kPattern[i] == '0' ? absl::ascii_isdigit(text[i])
                                            : text[i] == kPattern[i];
    if (!matches) return false;
  }
  return true;
}

bool IsIdentifier(absl::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

// Checks each value against its field's rule.
class RangeCheck {
 public:
  template <typename T>
  absl::Status Object(const T& object, const std::string& place) {
    Visitor visitor{this, place, absl::OkStatus()};
    FieldsOf<T>::Visit(visitor, object);
    return visitor.status;
  }

 private:
  struct Visitor {
    template <typename M>
    void operator()(const char* name, const M& member, Rule rule, const char*) {
      if (!status.ok()) return;
      if (IsFine(member, rule)) return;
      const std::string inner =
          place.empty() ? name : absl::StrCat(place, ".", name);
      status = check->Value(member, rule, inner);
    }

    RangeCheck* check;
    const std::string& place;
    absl::Status status;
  };

  // Whether one need not look closer: keeps the building of places away from
  // the many values that are as they should be.
  template <typename M>
  static bool IsFine(const M& member, Rule rule) {
    if constexpr (std::is_same_v<M, double>) {
      return IsInRange(member, rule);
    } else if constexpr (std::is_same_v<M, std::vector<double>>) {
      return std::all_of(member.begin(), member.end(),
                         [&](double value) { return IsInRange(value, rule); });
    } else if constexpr (std::is_same_v<M, std::vector<std::vector<double>>>) {
      return std::all_of(member.begin(), member.end(), [&](const auto& row) {
        return std::all_of(row.begin(), row.end(), [&](double value) {
          return std::isnan(value) || IsInRange(value, rule);
        });
      });
    } else {
      return false;
    }
  }

  static bool IsInRange(double value, Rule rule) {
    switch (rule) {
      case Rule::kFraction:
        return value >= 0 && value <= 1;
      case Rule::kDifference:
        return value >= -1 && value <= 1;
      case Rule::kHours:
      case Rule::kSeconds:
        return value >= 0 && std::isfinite(value);
      default:
        return std::isfinite(value);
    }
  }

  absl::Status Value(double value, Rule rule, const std::string& place) {
    if (IsInRange(value, rule)) return absl::OkStatus();
    const std::string found =
        std::isfinite(value) ? ShortestDouble(value) : "a number not finite";
    const char* const expected = rule == Rule::kFraction     ? "0 to 1"
                                 : rule == Rule::kDifference ? "-1 to 1"
                                 : rule == Rule::kNumber
                                     ? "a finite number"
                                     : "a finite number of at least 0";
    return Refuse(place,
                  absl::StrCat("found ", found, ", expected ", expected));
  }

  absl::Status Value(std::uint64_t value, Rule rule, const std::string& place) {
    const std::uint64_t highest = rule == Rule::kSeed ? ~std::uint64_t{0}
                                  : rule == Rule::kBytes
                                      ? ~std::uint64_t{0} >> 1
                                      : std::uint64_t{1} << 53;
    if (value <= highest) return absl::OkStatus();
    return Refuse(
        place, absl::StrCat("found ", value, ", expected at most ", highest));
  }

  absl::Status Value(int value, Rule, const std::string& place) {
    if (value >= 1) return absl::OkStatus();
    return Refuse(place,
                  absl::StrCat("found ", value, ", expected at least 1"));
  }

  absl::Status Value(const std::string& value, Rule rule,
                     const std::string& place) {
    const auto refuse = [&](absl::string_view expected) {
      return Refuse(place, absl::StrCat("found ", QuoteForMessage(value),
                                        ", expected ", expected));
    };
    if (!IsValidUtf8(value)) return refuse("UTF-8");
    if (rule == Rule::kLabel && !IsRecordLabel(value)) {
      return refuse("1 to 64 letters, digits or _-.+");
    }
    if (rule == Rule::kIdentifier && !IsIdentifier(value)) {
      return refuse("1 to 64 lower-case letters, digits or _");
    }
    if (rule == Rule::kUtcTime && !IsUtcTime(value)) {
      return refuse("a time as 2026-11-22T19:50:19Z");
    }
    if (rule == Rule::kJson && !absl::StartsWith(value, "{")) {
      return refuse("an object");
    }
    return absl::OkStatus();
  }

  absl::Status Value(bool, Rule, const std::string&) {
    return absl::OkStatus();
  }
  absl::Status Value(const Hash128&, Rule, const std::string&) {
    return absl::OkStatus();
  }

  template <typename T>
  absl::Status Value(const std::optional<T>& value, Rule rule,
                     const std::string& place) {
    return value.has_value() ? Value(*value, rule, place) : absl::OkStatus();
  }

  template <typename T>
  absl::Status Value(const std::vector<T>& list, Rule rule,
                     const std::string& place) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      if constexpr (std::is_same_v<T, double>) {
        if (IsInRange(list[i], rule)) continue;
      }
      RETURN_IF_ERROR(Value(list[i], rule, absl::StrCat(place, ".", i)));
    }
    return absl::OkStatus();
  }

  // NaN marks an undefined tag.
  absl::Status Value(const std::vector<std::vector<double>>& rows, Rule rule,
                     const std::string& place) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      for (std::size_t i = 0; i < rows[row].size(); ++i) {
        if (std::isnan(rows[row][i])) continue;
        RETURN_IF_ERROR(
            Value(rows[row][i], rule, absl::StrCat(place, ".", row, ".", i)));
      }
    }
    return absl::OkStatus();
  }

  template <typename T>
  absl::Status Value(const T& value, Rule, const std::string& place) {
    if constexpr (std::is_enum_v<T>) {
      const auto index = static_cast<std::size_t>(value);
      if (index < record_internal::NamesOf(value).size()) {
        return absl::OkStatus();
      }
      return Refuse(place, "is none of the choices");
    } else {
      return Object(value, place);
    }
  }
};

}  // namespace

absl::Status CheckRanges(const Record& record) {
  return RangeCheck().Object(record, "");
}

}  // namespace record_internal
}  // namespace culturemert
