// The table of fields in README.md is the list that reading and writing use.
// After a change of the list, write the table anew:
//
//   tools/bazel run //tests/experiments/records:record_reference_test --
//       --update_golden

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "experiments/records/record_fields.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/golden_file.h"

namespace culturemert {
namespace {

using record_internal::FieldsOf;
using record_internal::Rule;
using ::testing::HasSubstr;

constexpr char kReadme[] = "experiments/records/README.md";
constexpr char kBegin[] = "<!-- fields -->\n";
constexpr char kEnd[] = "<!-- end of fields -->\n";

template <typename T>
struct Inner {
  using Type = T;
  static constexpr const char* kMany = "";
  static constexpr const char* kPath = "";
  static constexpr bool kOptional = false;
};
template <typename T>
struct Inner<std::vector<T>> {
  using Type = typename Inner<T>::Type;
  static constexpr const char* kMany =
      std::is_same_v<Type, T> ? "list of " : "list of lists of ";
  static constexpr const char* kPath = "[]";
  static constexpr bool kOptional = false;
};
template <typename T>
struct Inner<std::optional<T>> : Inner<T> {
  static constexpr bool kOptional = true;
};

std::string Range(Rule rule) {
  switch (rule) {
    case Rule::kText:
      return "text";
    case Rule::kLabel:
      return "label";
    case Rule::kIdentifier:
      return "identifier";
    case Rule::kUtcTime:
      return "UTC time";
    case Rule::kJson:
      return "object";
    case Rule::kChecksum:
      return "32 hexadecimal digits";
    case Rule::kFlag:
      return "true or false";
    case Rule::kCount:
      return "integer ≥ 0";
    case Rule::kPositive:
      return "integer ≥ 1";
    case Rule::kSeed:
      return "integer of 64 bits";
    case Rule::kBytes:
      return "bytes, integer ≥ 0";
    case Rule::kFraction:
      return "fraction, 0 to 1";
    case Rule::kDifference:
      return "fraction, −1 to 1";
    case Rule::kHours:
      return "hours ≥ 0";
    case Rule::kSeconds:
      return "seconds ≥ 0";
    case Rule::kNumber:
      return "finite number";
    case Rule::kChoice:
    case Rule::kParts:
      return "object";
  }
  return "";
}

// A row of the table for each field, depth first.
struct Rows {
  template <typename M>
  void operator()(const char* name, const M&, Rule rule, const char* meaning) {
    using T = typename Inner<M>::Type;
    std::string range = absl::StrCat(Inner<M>::kMany, Range(rule));
    if constexpr (std::is_enum_v<T>) {
      range = absl::StrCat(
          "`", absl::StrJoin(record_internal::NamesOf(T()), "`, `"), "`");
    }
    if (Inner<M>::kOptional) range += "; null";
    const std::string path = absl::StrCat(prefix, name, Inner<M>::kPath);
    EXPECT_TRUE(seen.insert(path).second) << path;
    absl::StrAppend(&text, "| `", path, "` | ", range, " | ", meaning, " |\n");
    if constexpr (std::is_class_v<T> && !std::is_same_v<T, std::string> &&
                  !std::is_same_v<T, Hash128>) {
      const std::string outer = prefix;
      prefix = path + ".";
      const T object{};
      FieldsOf<T>::Visit(*this, object);
      prefix = outer;
    }
  }

  std::string prefix;
  std::string text;
  std::set<std::string> seen;
};

std::string Table() {
  Rows rows;
  const Record record;
  FieldsOf<Record>::Visit(rows, record);
  return absl::StrCat("| field | what | meaning |\n|---|---|---|\n", rows.text);
}

TEST(RecordReferenceTest, ReadmeListsEveryField) {
  std::string readme = ReadGolden(kReadme);
  const std::size_t begin = readme.find(kBegin);
  const std::size_t end = readme.find(kEnd);
  ASSERT_TRUE(begin != readme.npos && end != readme.npos && begin < end);
  readme.replace(begin, end - begin, absl::StrCat(kBegin, Table()));
  EXPECT_TRUE(IsGolden(readme, kReadme));
}

TEST(RecordReferenceTest, HistoriesKnowTheVersionsOfThisProgram) {
  const std::string readme = ReadGolden(kReadme);
  EXPECT_THAT(readme,
              HasSubstr(absl::StrCat("| schema ", kRecordSchemaVersion, " |")));
  EXPECT_THAT(readme,
              HasSubstr(absl::StrCat("| conformance ", kConformance, " |")));
}

}  // namespace
}  // namespace culturemert
