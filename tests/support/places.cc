#include "tests/support/places.h"

#include <clocale>
#include <cstdlib>
#include <ctime>
#include <locale>
#include <optional>

namespace culturemert {
namespace {

class CommaNumbers : public std::numpunct<char> {
 protected:
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

void SetTimeZone(const std::optional<std::string>& zone) {
  if (zone.has_value()) {
    setenv("TZ", zone->c_str(), 1);
  } else {
    unsetenv("TZ");
  }
  tzset();
}

}  // namespace

void ForEachPlace(const std::function<void(const std::string& place)>& check) {
  const std::locale classic = std::locale::global(
      std::locale(std::locale::classic(), new CommaNumbers));
  check("C++ locale with decimal commas");
  std::locale::global(classic);

  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* locale :
       {"tr_TR.UTF-8", "el_GR.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8"}) {
    if (std::setlocale(LC_ALL, locale) != nullptr) check(locale);
  }
  std::setlocale(LC_ALL, before.c_str());

  const char* const zone = std::getenv("TZ");
  const auto zone_before =
      zone == nullptr ? std::nullopt : std::make_optional<std::string>(zone);
  for (const char* other : {"Asia/Kolkata", "America/St_Johns"}) {
    SetTimeZone(other);
    check(other);
  }
  SetTimeZone(zone_before);
}

}  // namespace culturemert
