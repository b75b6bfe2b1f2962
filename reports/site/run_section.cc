#include "reports/site/run_section.h"

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "reports/plots/markup.h"
#include "reports/site/configuration_changes.h"
#include "reports/site/html_table.h"
#include "reports/tables/number_text.h"
#include "reports/tables/table.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// Configurations that differ in more settings are both shown in full.
constexpr std::size_t kMaxChanges = 40;

constexpr double kBytesPerMebibyte = 1 << 20;
constexpr double kBytesPerGibibyte = 1 << 30;

absl::string_view DataKindName(DataKind kind) {
  switch (kind) {
    case DataKind::kSynthetic:
      return "synthetic";
    case DataKind::kReal:
      return "real";
    case DataKind::kMixed:
      return "synthetic and real";
  }
  return "";
}

Column TextColumn(std::string header) {
  Column column;
  column.header = std::move(header);
  column.is_text = true;
  return column;
}

Column NumberColumn(std::string header, std::string unit, int decimals) {
  Column column;
  column.header = std::move(header);
  column.unit = std::move(unit);
  column.decimals = decimals;
  return column;
}

// What is no JSON counts as its text.
nlohmann::json ConfigurationOf(const Record& record) {
  absl::StatusOr<nlohmann::json> json =
      ParseJson(record.configuration, "configuration");
  return json.ok() ? *std::move(json) : nlohmann::json(record.configuration);
}

Cell Count(std::uint64_t count) {
  return Cell::Value(static_cast<double>(count));
}

// A run whose configuration is shown in full.
struct FullRun {
  std::size_t number = 0;
  absl::string_view name;  // Of its file.
  nlohmann::json configuration;
};

class RunHtml {
 public:
  // `first` may be the run itself.
  RunHtml(const StoredRecord& stored, std::size_t number, const FullRun& first)
      : stored_(stored),
        record_(stored.record),
        first_(first),
        is_first_(number == first.number),
        id_(absl::StrCat("run-", number)) {}

  std::string Make() {
    absl::StrAppend(&html_, "<details id=\"", id_, "\">\n<summary><h4>",
                    EscapeMarkup(record_.title), " (",
                    EscapeMarkup(record_.experiment), ", ",
                    EscapeMarkup(record_.profile), ")</h4></summary>\n");
    Command();
    Facts();
    Corpora();
    Datasets();
    Models();
    Notes();
    Actions();
    Configuration();
    absl::StrAppend(&html_, "</details>\n");
    return std::move(html_);
  }

 private:
  void Command() {
    absl::StrAppend(&html_,
                    "<p>Made by</p>\n<pre tabindex=\"0\"><code>tools/bazel run "
                    "//experiments:",
                    EscapeMarkup(record_.experiment),
                    " -- --profile=", EscapeMarkup(record_.profile),
                    "</code></pre>\n<p>with the settings in the configuration "
                    "below.</p>\n<dl>\n");
  }

  void Fact(absl::string_view name, absl::string_view value) {
    absl::StrAppend(&html_, "<dt>", name, "</dt><dd>",
                    value.empty() ? "–" : EscapeMarkup(value), "</dd>\n");
  }

  // Those of the record, its code and its machine; ends the list.
  void Facts() {
    const RecordEnvironment& machine = record_.environment;
    Fact("Record", Basename(stored_.path));
    Fact("Data", DataKindName(record_.data));
    if (record_.timing.has_value()) {
      Fact("Started", record_.timing->started);
      Fact("Finished", record_.timing->finished);
    }
    Fact("Seeds of the probes", absl::StrJoin(record_.seeds, ", "));
    Fact("Conformance", absl::StrCat(record_.conformance));
    Fact("Schema", absl::StrCat(record_.schema_version));
    Fact("Commit", absl::StrCat(record_.code.commit,
                                record_.code.dirty ? ", with changes" : ""));
    Fact("Compiler", machine.compiler);
    Fact("LibTorch", machine.libtorch);
    Fact("Device", machine.device);
    Fact("Processor", machine.cpu_model);
    Fact("Memory",
         absl::StrCat(FixedText(static_cast<double>(machine.memory_bytes) /
                                    kBytesPerGibibyte,
                                1),
                      " GiB"));
    Fact("Processes × threads",
         absl::StrCat(machine.processes, " × ", machine.threads));
    Fact("Decoders", absl::StrJoin(machine.decoders, ", "));
    Fact("Resampler", machine.resampler);
    Fact("Configuration's hash", record_.configuration_hash.ToHex());
    absl::StrAppend(&html_, "</dl>\n");
  }

  // A heading and the table; nothing for a table without rows.
  void AddTable(const Table& table) {
    if (table.rows.empty()) return;
    const std::string label = absl::StrCat(id_, "-", table.id);
    absl::StrAppend(&html_, "<h5 id=\"", label, "\">",
                    EscapeMarkup(table.title), "</h5>\n",
                    HtmlTable(table, label));
  }

  void Corpora() {
    Table table;
    table.id = "corpora";
    table.title = "Corpora";
    table.caption = "What was pre-trained on.";
    table.columns = {TextColumn("name"),
                     TextColumn("culture"),
                     TextColumn("data"),
                     NumberColumn("recordings", "", 0),
                     NumberColumn("audio", "h", 2),
                     TextColumn("recordings' hash")};
    table.groups = {{"", std::nullopt, table.columns.size()}};
    for (const CorpusRecord& corpus : record_.corpora) {
      table.rows.push_back(
          {{Cell::Text(corpus.name), Cell::Text(corpus.culture),
            Cell::Text(corpus.synthetic ? "synthetic" : "real"),
            Count(corpus.recordings), Cell::Value(corpus.hours),
            Cell::Text(corpus.ids_hash.ToHex())}});
    }
    AddTable(table);
  }

  void Datasets() {
    Table table;
    table.id = "datasets";
    table.title = "Datasets";
    table.caption =
        "What was evaluated on. Transductive: the test recordings were heard, "
        "without their tags, in pre-training.";
    table.columns = {
        TextColumn("title"),          TextColumn("name"),
        TextColumn("culture"),        TextColumn("data"),
        TextColumn("transductive"),   NumberColumn("tags", "", 0),
        NumberColumn("train", "", 0), NumberColumn("validation", "", 0),
        NumberColumn("test", "", 0),  TextColumn("recordings' hash")};
    table.groups = {{"", std::nullopt, table.columns.size()}};
    for (const DatasetRecord& dataset : record_.datasets) {
      table.rows.push_back(
          {{Cell::Text(dataset.title), Cell::Text(dataset.name),
            Cell::Text(dataset.culture),
            Cell::Text(dataset.synthetic ? "synthetic" : "real"),
            Cell::Text(dataset.transductive ? "yes" : "no"),
            Count(dataset.tags.size()), Count(dataset.training_recordings),
            Count(dataset.validation_recordings),
            Count(dataset.test_recordings),
            Cell::Text(dataset.ids_hash.ToHex())}});
    }
    AddTable(table);
  }

  void Models() {
    Table table;
    table.id = "models";
    table.title = "Models";
    table.caption = "Where each row's weights come from.";
    table.columns = {TextColumn("title"), TextColumn("label"),
                     TextColumn("provenance"), TextColumn("weights")};
    table.groups = {{"", std::nullopt, table.columns.size()}};
    for (const ModelRecord& model : record_.models) {
      table.rows.push_back(
          {{Cell::Text(model.title), Cell::Text(model.label),
            Cell::Text(model.provenance), Cell::Text(model.weights_key)}});
    }
    AddTable(table);
  }

  void Notes() {
    Table table;
    table.id = "choices";
    table.title = "Choices";
    table.caption = "What was chosen, and why.";
    table.columns = {TextColumn("topic"), TextColumn("choice")};
    table.groups = {{"", std::nullopt, table.columns.size()}};
    for (const NoteRecord& note : record_.notes) {
      table.rows.push_back({{Cell::Text(note.topic), Cell::Text(note.text)}});
    }
    AddTable(table);
  }

  void Actions() {
    Table table;
    table.id = "actions";
    table.title = "Actions";
    table.caption =
        "What was done, in order, and what it cost in this run or an earlier "
        "one whose result was used again.";
    table.columns = {TextColumn("action"), NumberColumn("time", "s", 1),
                     NumberColumn("most memory", "MiB", 0),
                     TextColumn("used again"), TextColumn("artifact")};
    table.groups = {{"", std::nullopt, table.columns.size()}};
    for (std::size_t i = 0; i < record_.actions.size(); ++i) {
      TableRow& row = table.rows.emplace_back();
      row.cells = {Cell::Text(record_.actions[i].name)};
      if (record_.timing.has_value() && i < record_.timing->actions.size()) {
        const ActionTiming& timing = record_.timing->actions[i];
        row.cells.push_back(Cell::Value(timing.wall_seconds));
        row.cells.push_back(Cell::Value(static_cast<double>(timing.peak_bytes) /
                                        kBytesPerMebibyte));
        row.cells.push_back(Cell::Text(timing.reused ? "yes" : "no"));
      } else {
        row.cells.resize(4);
      }
      row.cells.push_back(Cell::Text(record_.actions[i].key));
    }
    if (table.rows.empty()) return;
    absl::StrAppend(&html_, "<details>\n<summary>", table.rows.size(),
                    " actions</summary>\n");
    AddTable(table);
    absl::StrAppend(&html_, "</details>\n");
  }

  void Configuration() {
    if (is_first_) {
      FullConfiguration(first_.configuration);
      return;
    }
    const nlohmann::json json = ConfigurationOf(record_);
    const std::vector<ConfigurationChange> changes =
        ConfigurationChanges(first_.configuration, json);
    if (changes.size() > kMaxChanges) {
      FullConfiguration(json);
    } else {
      Changes(changes);
    }
  }

  void Changes(const std::vector<ConfigurationChange>& changes) {
    Table table;
    table.id = "configuration";
    table.title = "Differences";
    table.caption =
        "Settings that differ, as JSON. Nothing stands where one is missing.";
    table.columns = {TextColumn("setting"),
                     TextColumn(absl::StrCat(first_.name)),
                     TextColumn("this run")};
    table.groups = {{"", std::nullopt, table.columns.size()}};
    for (const ConfigurationChange& change : changes) {
      table.rows.push_back({{Cell::Text(change.path), Cell::Text(change.there),
                             Cell::Text(change.here)}});
    }
    absl::StrAppend(&html_,
                    "<details>\n<summary>Configuration</summary>\n<p>As of <a "
                    "href=\"#run-",
                    first_.number, "\">", EscapeMarkup(first_.name),
                    "</a>, but for what follows.</p>\n");
    AddTable(table);
    absl::StrAppend(&html_, "</details>\n");
  }

  void FullConfiguration(const nlohmann::json& json) {
    const std::string text =
        json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
    absl::StrAppend(&html_,
                    "<details>\n<summary>Configuration</summary>\n"
                    "<pre tabindex=\"0\"><code>");
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      absl::StrAppend(&html_, EscapeMarkup(line), "\n");
    }
    absl::StrAppend(&html_, "</code></pre>\n</details>\n");
  }

  const StoredRecord& stored_;
  const Record& record_;
  const FullRun& first_;
  const bool is_first_;
  const std::string id_;
  std::string html_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> RunSections(
    absl::Span<const StoredRecord> records, std::size_t first_number) {
  std::map<std::string, FullRun> first_of;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i].record;
    const auto [place, is_new] = first_of.try_emplace(record.experiment);
    if (!is_new) continue;
    place->second = {first_number + i, Basename(records[i].path),
                     ConfigurationOf(record)};
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<ThreadPool> pool,
                   ThreadPool::Create(ThreadPool::DefaultSize()));
  return ParallelMap(*pool, static_cast<std::int64_t>(records.size()),
                     [&](std::int64_t i) -> absl::StatusOr<std::string> {
                       const StoredRecord& stored = records[i];
                       const FullRun& first =
                           first_of.at(stored.record.experiment);
                       return RunHtml(stored, first_number + i, first).Make();
                     });
}

}  // namespace culturemert
