#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "tools/base/config/config_path.h"
#include "tools/base/config/config_values.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace config_internal {
namespace {

class Checker {
 public:
  Checker(const ConfigOrigins* origins, ConfigProblems* problems)
      : origins_(origins), problems_(problems) {}

  // `given`: the struct was made by a layer, so its required fields must be
  // given too; one that a default made has them already.
  void CheckStruct(const ConfigStructType& type, const void* value,
                   const std::string& path, bool given) {
    if (problems_->HasAt(path)) return;
    for (const ConfigField& field : type.fields()) {
      const std::string member_path = JoinConfigPath(path, field.name);
      if (field.required && given && !origins_->IsGiven(member_path)) {
        problems_->Add(origins_->SourceAround(path), member_path,
                       absl::StrCat("required but not given, expected ",
                                    Expectation(*field.type, field)));
        continue;
      }
      Check(*field.type, field, field.MemberOf(value), member_path, given,
            /*sized=*/true);
    }
    if (problems_->HasWithin(path)) return;
    const auto report = [&](absl::string_view field,
                            absl::string_view problem) {
      const std::string at = field.empty()  ? path
                             : path.empty() ? std::string(field)
                                            : absl::StrCat(path, ".", field);
      problems_->Add(Source(at), at, problem);
    };
    for (const ConfigStructType::Check& check : type.checks()) {
      check(value, report);
    }
  }

 private:
  std::string Source(const std::string& path) const {
    return origins_ == nullptr ? "configuration" : origins_->SourceOf(path);
  }

  bool IsMade(const std::string& path) const {
    return origins_ != nullptr && origins_->IsMade(path);
  }

  // `sized`: the value is the one that the restrictions on the size are for.
  void Check(const ConfigType& type, const ConfigField& field,
             const void* value, const std::string& path, bool given,
             bool sized) {
    switch (type.kind()) {
      case ConfigKind::kOptional: {
        const void* const content = AsOptional(type).Get(value);
        if (content == nullptr) return;
        return Check(AsOptional(type).element(), field, content, path,
                     IsMade(path), sized);
      }
      case ConfigKind::kList:
        return CheckList(AsList(type), field, value, path, sized);
      case ConfigKind::kMap:
        return CheckMap(AsMap(type), field, value, path, sized);
      case ConfigKind::kStruct:
        return CheckStruct(AsStruct(type), value, path, given);
      default:
        return CheckScalar(AsScalar(type), field, value, path);
    }
  }

  void CheckList(const ConfigListType& type, const ConfigField& field,
                 const void* list, const std::string& path, bool sized) {
    const std::size_t size = type.Size(list);
    if (sized) CheckSize(type, field, size, path);
    for (std::size_t i = 0; i < size; ++i) {
      const std::string element_path = JoinConfigPath(path, absl::StrCat(i));
      type.Inspect(list, i, [&](const void* element) {
        Check(type.element(), field, element, element_path,
              IsMade(element_path), /*sized=*/false);
      });
    }
  }

  void CheckMap(const ConfigMapType& type, const ConfigField& field,
                const void* map, const std::string& path, bool sized) {
    const std::vector<std::string> keys = type.Keys(map);
    if (sized) CheckSize(type, field, keys.size(), path);
    for (const std::string& key : keys) {
      const std::string member_path = JoinConfigPath(path, key);
      if (!IsValidUtf8(key)) {
        problems_->Add(Source(member_path), member_path,
                       "the key is not UTF-8");
      }
      Check(type.element(), field, type.Find(map, key), member_path,
            IsMade(member_path), /*sized=*/false);
    }
  }

  void CheckSize(const ConfigType& type, const ConfigField& field,
                 std::size_t size, const std::string& path) {
    if (problems_->HasWithin(path)) return;
    if (size >= field.min_size && size <= field.max_size.value_or(size)) return;
    problems_->Add(
        Source(path), path,
        absl::StrCat("expected ", Expectation(type, field), ", found ", size,
                     size == 1 ? " element" : " elements"));
  }

  // What the reader has refused already is not reported twice.
  void CheckScalar(const ConfigScalarType& type, const ConfigField& field,
                   const void* value, const std::string& path) {
    const ConfigScalar scalar = type.Get(value);
    if (IsAllowed(scalar, type, field) || problems_->HasWithin(path)) return;
    problems_->Add(Source(path), path,
                   absl::StrCat("expected ", Expectation(type, field),
                                ", found ", ScalarText(scalar)));
  }

  const ConfigOrigins* const origins_;
  ConfigProblems* const problems_;
};

}  // namespace

void CheckStruct(const ConfigStructType& type, const void* value,
                 const ConfigOrigins* origins, ConfigProblems* problems) {
  Checker(origins, problems)
      .CheckStruct(type, value, "", /*given=*/origins != nullptr);
}

}  // namespace config_internal
}  // namespace culturemert
