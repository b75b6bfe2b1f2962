// What `culturemert doctor` found on a machine, and its printed form.

#ifndef CULTUREMERT_TOOLS_CULTUREMERT_FINDINGS_H_
#define CULTUREMERT_TOOLS_CULTUREMERT_FINDINGS_H_

#include <string>
#include <vector>

namespace culturemert {

enum class Health {
  kGood,
  kOptional,  // Absent; something works without it, or slower.
  kMissing,   // Absent; something the suite does by default cannot work.
};

struct Finding {
  std::string section;  // Findings of one section stand together.
  std::string name;
  std::string value;
  Health health = Health::kGood;
  std::string remedy;  // What to do; empty if and only if health is kGood.
};

// A section a heading, a finding a line (its remedy on the next), and a last
// line that sums up.
std::string FormatFindings(const std::vector<Finding>& findings);

// How many are kMissing.
int CountMissing(const std::vector<Finding>& findings);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_CULTUREMERT_FINDINGS_H_
