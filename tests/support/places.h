// Where numbers and times are written in other ways than in the C locale, for
// tests of what must be the same everywhere.

#ifndef CULTUREMERT_TESTS_SUPPORT_PLACES_H_
#define CULTUREMERT_TESTS_SUPPORT_PLACES_H_

#include <functional>
#include <string>

namespace culturemert {

// Calls check(place) with C++'s global locale set to decimal commas and points
// between thousands, then with the C library's Turkish, Greek, German and
// French locales, as far as they are installed, and in two time zones. All is
// set back at the end.
void ForEachPlace(const std::function<void(const std::string& place)>& check);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_SUPPORT_PLACES_H_
