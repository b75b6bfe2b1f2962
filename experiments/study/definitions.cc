#include "experiments/study/definitions.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/base/config/config.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kSuffix[] = ".json";
constexpr char kModelsName[] = "models/models.json";

absl::StatusOr<std::string> ReadNamed(Files& files, absl::string_view folder,
                                      absl::string_view name,
                                      absl::string_view what) {
  absl::StatusOr<std::string> text =
      files.Read(JoinPath(folder, absl::StrCat(name, kSuffix)));
  if (!absl::IsNotFound(text.status())) return text;
  ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries,
                   files.List(folder));
  std::vector<std::string> names;
  for (const DirectoryEntry& entry : entries) {
    if (entry.kind == FileKind::kFile && absl::EndsWith(entry.name, kSuffix)) {
      names.push_back(
          entry.name.substr(0, entry.name.size() - sizeof(kSuffix) + 1));
    }
  }
  return absl::NotFoundError(absl::StrCat("no ", what, " is called \"", name,
                                          "\"; there are ",
                                          absl::StrJoin(names, ", ")));
}

absl::StatusOr<ExperimentConfig> LoadConfig(Files& files,
                                            absl::string_view experiment,
                                            const DefinitionSource& source) {
  ConfigLoader<ExperimentConfig> loader;
  ASSIGN_OR_RETURN(const std::string models,
                   files.Read(JoinPath(source.folder, kModelsName)));
  loader.AddText(models, kModelsName);
  const std::string profiles = JoinPath(source.folder, "profiles");
  ASSIGN_OR_RETURN(const std::string profile,
                   ReadNamed(files, profiles, source.profile, "profile"));
  loader.AddText(profile, absl::StrCat(source.profile, kSuffix));
  ASSIGN_OR_RETURN(const std::string definition,
                   ReadNamed(files, source.folder, experiment, "experiment"));
  loader.AddText(definition, absl::StrCat(experiment, kSuffix));
  for (const std::string& path : source.files) {
    ASSIGN_OR_RETURN(const std::string text, files.Read(path));
    loader.AddText(text, path);
  }
  for (const std::string& setting : source.settings) loader.Set(setting);
  ASSIGN_OR_RETURN(ExperimentConfig config, loader.Build());
  RETURN_IF_ERROR(config.Complete());
  return config;
}

}  // namespace

absl::StatusOr<std::vector<Study>> LoadStudies(Files& files,
                                               absl::string_view experiment,
                                               const DefinitionSource& source) {
  ASSIGN_OR_RETURN(ExperimentConfig config,
                   LoadConfig(files, experiment, source));
  if (config.includes.empty()) {
    std::vector<Study> one;
    one.push_back({std::string(experiment), std::move(config)});
    return one;
  }
  std::vector<Study> studies;
  for (const std::string& included : config.includes) {
    ASSIGN_OR_RETURN(ExperimentConfig of_included,
                     LoadConfig(files, included, source));
    if (!of_included.includes.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(experiment, kSuffix, " includes ", included,
                       ", which includes others itself"));
    }
    studies.push_back({included, std::move(of_included)});
  }
  return studies;
}

}  // namespace culturemert
