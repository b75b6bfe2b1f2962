// Walks every field of the sample's schema, spoils it in every way that the
// field's type and restrictions allow, and demands that each is refused with
// the field's path.

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/base/config/sample_config.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/config.h"
#include "tools/base/config/config_type.h"
#include "tools/base/config/reference.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr char kPlaceholder[] = "placeholder of the mutation test";

// A value to spoil: a field, or what a list or map in it holds.
struct Target {
  std::string path;
  const ConfigField* field;
  const ConfigType* type;
  bool is_field;  // has a key of its own in the schema
};

// `type` itself, and what is in it down to the scalars; structs in it have
// entries of their own.
void AddTargets(const std::string& path, const ConfigField& field,
                const ConfigType& type, bool is_field,
                std::vector<Target>* targets) {
  targets->push_back({path, &field, &type, is_field});
  const ConfigType* inner = &type;
  if (inner->kind() == ConfigKind::kOptional) {
    inner = &AsOptional(*inner).element();
  }
  if (inner->kind() == ConfigKind::kList) {
    AddTargets(path + ".0", field, AsList(*inner).element(), false, targets);
  } else if (inner->kind() == ConfigKind::kMap) {
    AddTargets(path + ".some_key", field, AsMap(*inner).element(), false,
               targets);
  }
}

std::vector<Target> AllTargets() {
  std::vector<Target> targets;
  for (const ConfigEntry& entry : ConfigEntries<SampleConfig>()) {
    AddTargets(absl::StrReplaceAll(entry.path,
                                   {{"<index>", "0"}, {"<key>", "some_key"}}),
               *entry.field, *entry.field->type, true, &targets);
  }
  return targets;
}

const ConfigType& WithoutOptional(const ConfigType& type) {
  return type.kind() == ConfigKind::kOptional ? AsOptional(type).element()
                                              : type;
}

json::json_pointer Pointer(const std::string& path) {
  return json::json_pointer(
      absl::StrCat("/", absl::StrReplaceAll(path, {{".", "/"}})));
}

// The full sample with raw text in the place of the value at `path`.
std::string Replaced(const std::string& path, absl::string_view raw) {
  json value = json::parse(kFullSample);
  value.at(Pointer(path)) = kPlaceholder;
  return absl::StrReplaceAll(value.dump(),
                             {{absl::StrCat("\"", kPlaceholder, "\""), raw}});
}

class MutationTest : public testing::Test {
 protected:
  void ExpectRefused(const std::string& path, const std::string& text,
                     const std::string& what) {
    ++mutations_;
    EXPECT_THAT(ParseConfig<SampleConfig>(text, "mutant.json"),
                StatusIs(kInvalid, AllOf(HasSubstr("mutant.json"),
                                         HasSubstr(path), HasSubstr(what))))
        << text;
  }

  void ExpectValueRefused(const std::string& path, absl::string_view raw) {
    ExpectRefused(absl::StrCat(path, ": expected"), Replaced(path, raw),
                  "found");
  }

  int mutations_ = 0;
};

TEST_F(MutationTest, TheUnspoiltSampleIsValid) {
  EXPECT_THAT(ParseConfig<SampleConfig>(kFullSample, "x"), IsOk());
  for (const Target& target : AllTargets()) {
    const json value = json::parse(kFullSample);
    EXPECT_TRUE(value.contains(Pointer(target.path))) << target.path;
    EXPECT_THAT(
        ParseConfig<SampleConfig>(
            Replaced(
                target.path,
                CanonicalJson(value.at(Pointer(target.path))).value_or("")),
            "x"),
        IsOk());
  }
}

TEST_F(MutationTest, TheSampleHasEveryKindOfField) {
  std::set<ConfigKind> kinds;
  for (const Target& target : AllTargets()) kinds.insert(target.type->kind());
  EXPECT_EQ(kinds.size(), static_cast<std::size_t>(ConfigKind::kStruct) + 1);
}

TEST_F(MutationTest, RefusesEveryTypoInAKey) {
  for (const Target& target : AllTargets()) {
    if (!target.is_field) continue;
    const std::string& name = target.field->name;
    for (const std::string& typo :
         {name + "x", name.substr(1), name.substr(0, name.size() - 1),
          absl::StrCat("X", name.substr(1))}) {
      const std::string parent_path =
          target.path.substr(0, target.path.size() - name.size());
      json value = json::parse(kFullSample);
      json& parent = parent_path.empty() ? value
                                         : value.at(Pointer(parent_path.substr(
                                               0, parent_path.size() - 1)));
      if (parent.contains(typo)) continue;
      parent[typo] = parent[name];
      parent.erase(name);
      ExpectRefused(absl::StrCat(parent_path, typo, ": unknown key"),
                    value.dump(),
                    absl::StrCat("(did you mean \"", name, "\"?)"));
    }
  }
  EXPECT_GT(mutations_, 150);
}

bool Takes(ConfigKind kind, const json& value) {
  switch (kind) {
    case ConfigKind::kBool:
      return value.is_boolean();
    case ConfigKind::kInteger:
    case ConfigKind::kUnsigned:
      return value.is_number_integer();
    case ConfigKind::kDouble:
      return value.is_number();
    case ConfigKind::kString:
    case ConfigKind::kEnum:
      return value.is_string();
    case ConfigKind::kOptional:
      return value.is_null();
    case ConfigKind::kList:
      return value.is_array();
    case ConfigKind::kMap:
    case ConfigKind::kStruct:
      return value.is_object();
  }
  return false;
}

TEST_F(MutationTest, RefusesEveryOtherType) {
  const json values[] = {nullptr,       true,           0,   1,         0.5,
                         1.0,           "text",         "1", "",        "true",
                         json::array(), json::object(), {1}, {{"a", 1}}};
  for (const Target& target : AllTargets()) {
    for (const json& value : values) {
      if (Takes(target.type->kind(), value) ||
          Takes(WithoutOptional(*target.type).kind(), value)) {
        continue;
      }
      ExpectValueRefused(target.path, value.dump());
    }
  }
  EXPECT_GT(mutations_, 500);
}

// The nearest scalar beyond `bound`, or the bound itself if it is excluded.
std::string Beyond(const ConfigBound& bound, bool below) {
  if (!bound.inclusive) return ScalarText(bound.value);
  if (const double* number = std::get_if<double>(&bound.value)) {
    const double infinity = std::numeric_limits<double>::infinity();
    return ScalarText(std::nextafter(*number, below ? -infinity : infinity));
  }
  if (const auto* integer = std::get_if<std::int64_t>(&bound.value)) {
    return ScalarText(*integer + (below ? -1 : 1));
  }
  return ScalarText(std::get<std::uint64_t>(bound.value) + (below ? -1 : 1));
}

TEST_F(MutationTest, RefusesEveryValueBeyondItsBounds) {
  for (const Target& target : AllTargets()) {
    const ConfigKind kind = WithoutOptional(*target.type).kind();
    if (kind != ConfigKind::kInteger && kind != ConfigKind::kUnsigned &&
        kind != ConfigKind::kDouble) {
      continue;
    }
    if (target.field->lower.has_value()) {
      ExpectValueRefused(target.path, Beyond(*target.field->lower, true));
      ExpectValueRefused(target.path, "-9223372036854775808");
    }
    if (target.field->upper.has_value()) {
      ExpectValueRefused(target.path, Beyond(*target.field->upper, false));
      ExpectValueRefused(target.path, "18446744073709551615");
    }
    if (!target.field->allowed.empty()) ExpectValueRefused(target.path, "7");
  }
  EXPECT_GT(mutations_, 60);
}

TEST_F(MutationTest, RefusesEveryIntegerThatDoesNotFitItsType) {
  for (const Target& target : AllTargets()) {
    const ConfigType& type = WithoutOptional(*target.type);
    if (type.kind() == ConfigKind::kUnsigned) {
      ExpectValueRefused(target.path, "-1");
      ExpectValueRefused(target.path, "-9223372036854775808");
    } else if (type.kind() == ConfigKind::kInteger) {
      ExpectValueRefused(target.path, "9223372036854775808");
      ExpectValueRefused(target.path, "18446744073709551615");
      if (AsScalar(type).highest == std::numeric_limits<int>::max()) {
        ExpectValueRefused(target.path, "2147483648");
        ExpectValueRefused(target.path, "-2147483649");
        ExpectValueRefused(target.path, "4294967297");
      }
    } else {
      continue;
    }
    ExpectValueRefused(target.path, "3.5");
    ExpectValueRefused(target.path, "1e30");
  }
  EXPECT_GT(mutations_, 50);
}

TEST_F(MutationTest, RefusesEveryNumberThatIsNoneInJson) {
  for (const Target& target : AllTargets()) {
    // The parser knows the object or list that the text stands in.
    const std::string parent =
        target.path.substr(0, target.path.find_last_of('.') == std::string::npos
                                  ? 0
                                  : target.path.find_last_of('.'));
    for (const char* raw : {"NaN", "Infinity", "-Infinity", "nan", "1e999",
                            "-1e999", "0x1", "01", "1.", "+1", "undefined"}) {
      ExpectRefused(parent, Replaced(target.path, raw), "mutant.json:1:");
    }
    for (const char* raw :
         {"18446744073709551616", "-9223372036854775809", "1e-999"}) {
      ExpectRefused(absl::StrCat(target.path, ": "), Replaced(target.path, raw),
                    "found");
    }
  }
  EXPECT_GT(mutations_, 800);
}

TEST_F(MutationTest, RefusesEveryDuplicateKey) {
  for (const Target& target : AllTargets()) {
    if (!target.is_field) continue;
    ExpectRefused(absl::StrCat(target.path, ": "),
                  Replaced(target.path,
                           absl::StrCat("1, \"", target.field->name, "\": 1")),
                  "the key appears twice");
  }
  EXPECT_GT(mutations_, 40);
}

TEST_F(MutationTest, RefusesEveryNameThatIsNotAllowed) {
  for (const Target& target : AllTargets()) {
    const ConfigType& type = WithoutOptional(*target.type);
    if (type.kind() != ConfigKind::kEnum &&
        (type.kind() != ConfigKind::kString ||
         (target.field->allowed.empty() && target.field->pattern.empty()))) {
      continue;
    }
    for (const char* raw : {"\"No Name\"", "\"\"", "\"LINEAR\"", "\"heads \"",
                            "\"linear\\u0000\"", "\"stage\\n\""}) {
      ExpectValueRefused(target.path, raw);
    }
  }
  EXPECT_GT(mutations_, 40);
}

TEST_F(MutationTest, RefusesEverySizeBeyondItsLimits) {
  for (const Target& target : AllTargets()) {
    const ConfigType& type = WithoutOptional(*target.type);
    if (!target.is_field) continue;
    const json old = json::parse(kFullSample).at(Pointer(target.path));
    if (target.field->min_size > 0 && type.kind() == ConfigKind::kList) {
      ExpectValueRefused(target.path, "[]");
    }
    if (target.field->max_size.has_value()) {
      const json longer(*target.field->max_size + 1, old.at(0));
      ExpectValueRefused(target.path, longer.dump());
    }
  }
  EXPECT_GE(mutations_, 9);
}

TEST_F(MutationTest, RefusesEveryMissingRequiredField) {
  for (const Target& target : AllTargets()) {
    if (!target.is_field || !target.field->required) continue;
    const json value = json::parse(kFullSample);
    const json::json_pointer pointer = Pointer(target.path);
    json without = value;
    without.at(pointer.parent_pointer()).erase(pointer.back());
    ExpectRefused(absl::StrCat(target.path, ": required but not given"),
                  without.dump(), "mutant.json:1:");
  }
  EXPECT_EQ(mutations_, 4);
}

}  // namespace
}  // namespace culturemert
