#include "reports/statistics/training_repeats.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "absl/strings/match.h"

namespace culturemert {
namespace {

bool IsSeed(const std::string& change) {
  return absl::StartsWith(change, "seed=");
}

std::vector<std::string> WithoutSeed(std::vector<std::string> changes) {
  changes.erase(std::remove_if(changes.begin(), changes.end(), IsSeed),
                changes.end());
  return changes;
}

std::string SeedOf(const ModelSetup& setup) {
  const auto seed = std::find_if(setup.pretraining.rbegin(),
                                 setup.pretraining.rend(), IsSeed);
  return seed == setup.pretraining.rend() ? "" : *seed;
}

bool AreOfOneRecipe(const ModelSetup& a, const ModelSetup& b) {
  const auto recipe = [](const ModelSetup& setup) {
    return std::tie(setup.from, setup.cultures, setup.replay, setup.fraction,
                    setup.probing);
  };
  return recipe(a) == recipe(b) &&
         WithoutSeed(a.pretraining) == WithoutSeed(b.pretraining);
}

bool StandInOneRecord(const StudyModel& a, const StudyModel& b) {
  return std::find_first_of(a.records.begin(), a.records.end(),
                            b.records.begin(),
                            b.records.end()) != a.records.end();
}

// Whether `model` may join the group, whose first one leads.
bool Repeats(const Study& study, const std::vector<std::size_t>& group,
             const StudyModel& model) {
  const StudyModel& first = study.models[group.front()];
  return AreOfOneRecipe(first.setup, model.setup) &&
         StandInOneRecord(first, model) && first.base == model.base &&
         std::all_of(group.begin(), group.end(), [&](std::size_t member) {
           return SeedOf(study.models[member].setup) != SeedOf(model.setup);
         });
}

}  // namespace

std::vector<std::vector<std::size_t>> TrainingRepeats(const Study& study) {
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    const StudyModel& model = study.models[i];
    if (model.setup.kind != "pretrain") continue;
    const auto group = std::find_if(
        groups.begin(), groups.end(),
        [&](const auto& group) { return Repeats(study, group, model); });
    if (group == groups.end()) {
      groups.push_back({i});
    } else {
      group->push_back(i);
    }
  }
  groups.erase(
      std::remove_if(groups.begin(), groups.end(),
                     [](const auto& group) { return group.size() < 2; }),
      groups.end());
  return groups;
}

}  // namespace culturemert
