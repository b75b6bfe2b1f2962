#include "tests/reports/plots/markup_check.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

bool IsNameCharacter(char character) {
  return absl::ascii_isalnum(static_cast<unsigned char>(character)) ||
         character == '-';
}

class Checker {
 public:
  explicit Checker(absl::string_view text) : rest_(text) {}

  MarkupCheck Check() {
    absl::ConsumePrefix(&rest_, "<!DOCTYPE html>");
    if (!IsValidUtf8(rest_)) Fail("ill-formed UTF-8");
    while (check_.problem.empty() && !rest_.empty()) Step();
    if (!open_.empty()) Fail(absl::StrCat("no end of ", open_.back()));
    return std::move(check_);
  }

 private:
  void Fail(const std::string& problem) {
    if (!check_.problem.empty()) return;
    check_.problem = absl::StrCat(problem, " before: ", rest_.substr(0, 80));
  }

  void Step() {
    const std::size_t end = std::min(rest_.find('<'), rest_.size());
    CheckText(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (rest_.empty()) return;
    rest_.remove_prefix(1);
    if (absl::ConsumePrefix(&rest_, "/")) {
      const std::string name = Name();
      if (open_.empty() || open_.back() != name) {
        Fail(absl::StrCat("end of ", name));
        return;
      }
      open_.pop_back();
      if (!absl::ConsumePrefix(&rest_, ">")) Fail("end tag");
      return;
    }
    Element();
  }

  void Element() {
    MarkupElement element;
    element.name = Name();
    if (element.name.empty()) Fail("no name");
    while (absl::ConsumePrefix(&rest_, " ")) Attribute(&element);
    const bool is_empty = absl::ConsumePrefix(&rest_, "/");
    if (!absl::ConsumePrefix(&rest_, ">")) Fail("start tag");
    const std::string name = element.name;
    check_.elements.push_back(std::move(element));
    if (is_empty || name == "meta") return;
    open_.push_back(name);
    if (name != "script" && name != "style") return;
    const std::size_t end = rest_.find(absl::StrCat("</", name));
    rest_.remove_prefix(std::min(end, rest_.size()));
  }

  // name="value", or a name alone.
  void Attribute(MarkupElement* element) {
    const std::string name = Name();
    if (name.empty() || element->Attribute(name) != "") Fail("attribute");
    if (!absl::ConsumePrefix(&rest_, "=\"")) {
      element->attributes.emplace_back(name, name);
      return;
    }
    const std::size_t end = std::min(rest_.find('"'), rest_.size());
    const absl::string_view value = rest_.substr(0, end);
    CheckText(value);
    if (absl::StrContains(value, '<')) Fail("< in an attribute");
    element->attributes.emplace_back(name, value);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
  }

  void CheckText(absl::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if ((byte < 0x20 && byte != '\n') || byte == 0x7F) Fail("control");
      if (text[i] != '&') continue;
      bool is_known = false;
      for (const char* entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}) {
        is_known = is_known || absl::StartsWith(text.substr(i), entity);
      }
      if (!is_known) Fail("entity");
    }
  }

  std::string Name() {
    std::size_t end = 0;
    while (end < rest_.size() && IsNameCharacter(rest_[end])) ++end;
    const std::string name(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return name;
  }

  absl::string_view rest_;
  std::vector<std::string> open_;
  MarkupCheck check_;
};

}  // namespace

std::string MarkupElement::Attribute(absl::string_view wanted) const {
  for (const auto& [name, value] : attributes) {
    if (name == wanted) return value;
  }
  return "";
}

MarkupCheck CheckMarkup(absl::string_view text) {
  return Checker(text).Check();
}

}  // namespace culturemert
