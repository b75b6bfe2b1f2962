// culturemert data prepare: the recordings of a data set, decoded once into a
// PCM store.

#include <ostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/catalog/catalog.h"
#include "datasets/catalog/corpus.h"
#include "datasets/catalog/corpus_sources.h"
#include "datasets/store/prepare_config.h"
#include "datasets/store/prepare_corpus.h"
#include "tools/base/config/config.h"
#include "tools/base/config/schema.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/common_flags.h"

ABSL_FLAG(bool, transductive, false,
          "takes the test recordings too, as audio to pre-train on");

namespace culturemert {
namespace {

struct DataPrepareConfig {
  PrepareConfig prepare;

  static void Describe(ConfigSchema<DataPrepareConfig>& schema) {
    schema.Struct("DataPrepareConfig", "Settings of culturemert data prepare.");
    schema.Field("prepare", &DataPrepareConfig::prepare,
                 "How audio files become a PCM store.");
  }
};

absl::StatusOr<DataPrepareConfig> ReadSettings() {
  ConfigLoader<DataPrepareConfig> loader;
  for (const std::string& assignment : absl::GetFlag(FLAGS_set)) {
    loader.Set(assignment);
  }
  absl::StatusOr<DataPrepareConfig> config = loader.Build();
  if (!config.ok()) return UsageError(config.status().message());
  return config;
}

absl::Status RunDataPrepare(const std::vector<std::string>& arguments,
                            std::ostream& out) {
  if (!arguments.empty()) {
    return UsageError(absl::StrCat("unexpected '", arguments.front(), "'"));
  }
  const std::string root = DataRoot();
  if (root.empty()) {
    return UsageError(
        "no data root: name the folder of your data sets with --data_root=DIR "
        "or CULTUREMERT_DATA_ROOT");
  }
  const std::string name = absl::GetFlag(FLAGS_dataset);
  if (name.empty()) return UsageError("--dataset=NAME is needed");
  if (absl::GetFlag(FLAGS_output).empty()) {
    return UsageError("--output=DIR is needed, the folder of the PCM store");
  }
  ASSIGN_OR_RETURN(const DataPrepareConfig config, ReadSettings());
  Files& files = Files::Real();
  ASSIGN_OR_RETURN(const NamedDataset named, ResolveDataset(files, root, name));
  CorpusOptions corpus_options;
  corpus_options.transductive = absl::GetFlag(FLAGS_transductive);
  ASSIGN_OR_RETURN(const Corpus corpus,
                   LoadCorpus(files, root, name, corpus_options));
  out << DescribeCorpus(corpus) << std::endl;
  const std::vector<CorpusSource> sources = SourcesOf(corpus);
  PrepareOptions options;
  options.directory = ResolveUserPath(absl::GetFlag(FLAGS_output));
  options.known_bad = KnownBadIds(named.facts, sources);
  ApplyConfig(config.prepare, options);
  ASSIGN_OR_RETURN(const PrepareReport report,
                   PrepareCorpus(files, sources, options));
  out << FormatPrepareReport(report);
  return absl::OkStatus();
}

const bool registered = RegisterCommand(
    {"data prepare",
     "decodes the recordings of a data set into a PCM store",
     "--data_root=DIR --dataset=NAME --output=DIR [--transductive] "
     "[--set=prepare.max_bad=N]",
     {"data_root", "dataset", "output", "transductive", "set"},
     &RunDataPrepare});

}  // namespace
}  // namespace culturemert
