// culturemert weights merge: models adapted from one base, as one model.

#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/merging/merge_files.h"
#include "models/merging/merge_options.h"
#include "tools/base/config/config.h"
#include "tools/base/config/schema.h"
#include "tools/base/console/human.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_macros.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/common_flags.h"

ABSL_FLAG(std::vector<std::string>, adapted, {},
          "safetensors files of models adapted from the base, several "
          "separated by commas");

namespace culturemert {
namespace {

struct WeightsMergeConfig {
  MergeOptions merge;

  static void Describe(ConfigSchema<WeightsMergeConfig>& schema) {
    schema.Struct("WeightsMergeConfig",
                  "Settings of culturemert weights merge.");
    schema.Field("merge", &WeightsMergeConfig::merge,
                 "How the models are put together.");
  }
};

absl::StatusOr<MergeOptions> ReadOptions(std::size_t models) {
  ConfigLoader<WeightsMergeConfig> loader;
  for (const std::string& assignment : absl::GetFlag(FLAGS_set)) {
    loader.Set(assignment);
  }
  const absl::StatusOr<WeightsMergeConfig> config = loader.Build();
  if (!config.ok()) return UsageError(config.status().message());
  const absl::Status status = CheckMergeOptions(config->merge, models);
  if (!status.ok()) return UsageError(status.message());
  return config->merge;
}

std::string MethodName(MergeMethod method) {
  for (const auto& [value, name] : ConfigNamesOf(method)) {
    if (value == method) return name;
  }
  return "";
}

// What the merged file tells of its origin.
std::map<std::string, std::string> Origin(
    const std::string& base, const std::vector<std::string>& adapted,
    const MergeOptions& options) {
  return {{"format", "pt"},
          {"merge.base", base},
          {"merge.adapted", absl::StrJoin(adapted, ",")},
          {"merge.method", MethodName(options.method)},
          {"merge.scale", absl::StrCat(options.scale)},
          {"merge.density", absl::StrCat(options.density)},
          {"merge.drop_rate", absl::StrCat(options.drop_rate)},
          {"merge.interpolation", absl::StrCat(options.interpolation)},
          {"merge.seed", absl::StrCat(options.seed)}};
}

// Shapes do not tell all of a model: what lies beside the base that does goes
// beside the output too, unless something lies there already.
absl::Status CopyConfig(const std::string& base, const std::string& output,
                        std::ostream& out) {
  Files& files = Files::Real();
  for (const char* name : {"config.json", "preprocessor_config.json"}) {
    const std::string from = JoinPath(Dirname(base), name);
    const std::string to = JoinPath(Dirname(output), name);
    const absl::StatusOr<std::string> text = files.Read(from);
    if (absl::IsNotFound(text.status())) continue;
    RETURN_IF_ERROR(text);
    const absl::StatusOr<std::string> there = files.Read(to);
    if (there.ok() && *there == *text) continue;
    if (there.ok()) {
      out << "note: " << Printable(to) << " differs from " << Printable(from)
          << " and was left as it is; choose another folder\n";
      continue;
    }
    if (!absl::IsNotFound(there.status())) return there.status();
    RETURN_IF_ERROR(files.WriteAtomically(to, *text));
    out << "wrote " << Printable(to) << ", the base's\n";
  }
  return absl::OkStatus();
}

absl::Status RunWeightsMerge(const std::vector<std::string>& arguments,
                             std::ostream& out) {
  if (!arguments.empty()) {
    return UsageError(absl::StrCat("unexpected '", arguments.front(), "'"));
  }
  if (absl::GetFlag(FLAGS_weights).empty()) {
    return UsageError("--weights=FILE.safetensors is needed, the base");
  }
  if (absl::GetFlag(FLAGS_adapted).empty()) {
    return UsageError("--adapted=FILE.safetensors[,...] is needed");
  }
  if (!absl::EndsWith(absl::GetFlag(FLAGS_output), ".safetensors")) {
    return UsageError("--output=FILE.safetensors is needed");
  }
  std::vector<std::string> adapted;
  for (const std::string& path : absl::GetFlag(FLAGS_adapted)) {
    adapted.push_back(ResolveUserPath(path));
  }
  ASSIGN_OR_RETURN(const MergeOptions options, ReadOptions(adapted.size()));
  ASSIGN_OR_RETURN(const std::unique_ptr<ThreadPool> pool,
                   ThreadPool::Create(ThreadPool::DefaultSize()));
  const std::string output = ResolveUserPath(absl::GetFlag(FLAGS_output));
  const std::string base = ResolveUserPath(absl::GetFlag(FLAGS_weights));
  RETURN_IF_ERROR(MergeFiles(*pool, Files::Real(), base, adapted, output,
                             options,
                             Origin(absl::GetFlag(FLAGS_weights),
                                    absl::GetFlag(FLAGS_adapted), options)));
  out << "wrote " << Printable(output) << ": " << adapted.size()
      << (adapted.size() == 1 ? " model" : " models") << " merged by "
      << MethodName(options.method) << "\n";
  return CopyConfig(base, output, out);
}

const bool registered = RegisterCommand(
    {"weights merge",
     "merges models adapted from one base: task arithmetic, TIES, DARE ...",
     "--weights=BASE.safetensors --adapted=A.safetensors[,...] "
     "--output=FILE.safetensors [--set=merge.scale=X] "
     "[--set=merge.method=NAME]",
     {"weights", "adapted", "output", "set"},
     &RunWeightsMerge});

}  // namespace
}  // namespace culturemert
