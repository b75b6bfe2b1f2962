#include "experiments/artifacts/plan_text.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "experiments/artifacts/plan_states.h"
#include "experiments/artifacts/store_upkeep.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::size_t kMinKeyDigits = 4;

struct Row {
  std::string state;
  std::string key;
  std::string size;
  std::string estimate;
  std::string label;
};

// A sum of what is known.
struct Sum {
  double amount = 0;
  int known = 0;
  int unknown = 0;

  void Add(const std::optional<double>& more) {
    amount += more.value_or(0);
    ++(more.has_value() ? known : unknown);
  }
};

// Of actions that are to be done.
struct Work {
  int actions = 0;
  Sum seconds;
  Sum steps;
  Sum audio_seconds;
  Sum flops;
  Sum output_bytes;

  void Add(const ActionCost& cost) {
    ++actions;
    seconds.Add(cost.seconds);
    steps.Add(cost.steps);
    audio_seconds.Add(cost.audio_seconds);
    flops.Add(cost.flops);
    output_bytes.Add(cost.output_bytes);
  }
};

struct Totals {
  int present = 0;
  std::uint64_t present_bytes = 0;
  int not_needed = 0;
  // By the action's name, in the order of the plan.
  std::vector<std::pair<std::string, Work>> to_do;
  Work all;

  void Add(const std::string& action, const ActionCost& cost) {
    const auto same = std::find_if(
        to_do.begin(), to_do.end(),
        [&action](const auto& kind) { return kind.first == action; });
    (same == to_do.end() ? to_do.emplace_back(action, Work()) : *same)
        .second.Add(cost);
    all.Add(cost);
  }
};

std::string Pad(const std::string& text, int columns) {
  return absl::StrCat(
      text, std::string(std::max(0, columns - CountColumns(text)), ' '));
}

// Columns as wide as their widest cell, two spaces apart.
std::string FormatTable(const std::vector<std::vector<std::string>>& rows) {
  std::vector<int> widths(rows.front().size(), 0);
  for (const std::vector<std::string>& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], CountColumns(row[i]));
    }
  }
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      absl::StrAppend(&line, i == 0 ? "" : "  ", Pad(row[i], widths[i]));
    }
    absl::StripTrailingAsciiWhitespace(&line);
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

// The size of what is there, "" for nothing.
absl::StatusOr<std::string> SizeOf(Files& files, const std::string& directory) {
  ASSIGN_OR_RETURN(const std::uint64_t bytes, TreeBytes(files, directory));
  return bytes == 0 ? std::string() : FormatBytes(bytes);
}

absl::StatusOr<Row> MakeRow(const Plan::Node& node, NodeState state,
                            ArtifactStore& store,
                            const SecondsEstimator& seconds, Totals& totals) {
  Row row;
  row.key = ShortKey(node.key);
  row.label = Printable(node.label());
  const ArtifactId id = node.artifact();
  const absl::StatusOr<ArtifactManifest> manifest =
      store.Find(id, Verification::kSizes);
  if (manifest.ok()) {
    row.state = "present";
    row.size = FormatBytes(manifest->size_bytes());
    ++totals.present;
    totals.present_bytes += manifest->size_bytes();
    return row;
  }
  ASSIGN_OR_RETURN(row.size,
                   SizeOf(store.files(), store.PartialDirectoryOf(id)));
  if (state == NodeState::kNotNeeded) {
    row.state = "not needed";
    ++totals.not_needed;
    return row;
  }
  row.state = state == NodeState::kDamaged ? "damaged"
              : row.size.empty()           ? "missing"
                                           : "partial";
  const std::string holder = store.DescribeHolder(id);
  if (!holder.empty()) absl::StrAppend(&row.label, " (", holder, ")");
  ASSIGN_OR_RETURN(ActionCost cost, EstimateCost(node));
  if (!cost.seconds.has_value() && seconds) {
    cost.seconds = seconds(node.recipe.action, cost);
  }
  if (cost.seconds.has_value()) row.estimate = FormatDuration(*cost.seconds);
  totals.Add(node.recipe.action, cost);
  return row;
}

std::string FormatTime(const Sum& seconds) {
  if (seconds.known == 0) return "?";
  return absl::StrCat(FormatDuration(seconds.amount),
                      seconds.unknown == 0 ? "" : " +");
}

std::string FormatIfKnown(const Sum& sum,
                          const std::function<std::string(double)>& format) {
  return sum.known == 0 ? "" : format(sum.amount);
}

std::vector<std::string> WorkRow(const std::string& name, const Work& work,
                                 bool is_sum, Charset charset) {
  const auto count = [charset](double value) {
    return FormatCount(static_cast<std::int64_t>(value), charset);
  };
  const auto bytes = [](double value) {
    return FormatBytes(static_cast<std::uint64_t>(value));
  };
  const auto flops = [](double value) {
    return absl::StrFormat("%.2g", value);
  };
  return {name,
          FormatCount(work.actions, charset),
          FormatTime(work.seconds),
          FormatIfKnown(work.steps, count),
          is_sum ? "" : FormatIfKnown(work.audio_seconds, FormatDuration),
          FormatIfKnown(work.flops, flops),
          FormatIfKnown(work.output_bytes, bytes)};
}

// Without the columns that have only a heading.
std::vector<std::vector<std::string>> WithoutEmptyColumns(
    const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> kept(rows.size());
  for (std::size_t column = 0; column < rows.front().size(); ++column) {
    const bool is_empty =
        std::all_of(rows.begin() + 1, rows.end(), [column](const auto& row) {
          return row[column].empty() || row[column] == "?";
        });
    if (is_empty) continue;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      kept[i].push_back(rows[i][column]);
    }
  }
  return kept;
}

std::string FormatWork(const Totals& totals, Charset charset) {
  if (totals.to_do.empty()) return "";
  std::vector<std::vector<std::string>> rows = {
      {"to do", "actions", "time", "steps", "audio", "FLOPs", "disk"}};
  for (const auto& [action, work] : totals.to_do) {
    rows.push_back(WorkRow(action, work, /*is_sum=*/false, charset));
  }
  rows.push_back(WorkRow("all", totals.all, /*is_sum=*/true, charset));
  return absl::StrCat("\n", FormatTable(WithoutEmptyColumns(rows)), "\n");
}

// Names of actions whose time is not known, of some of them at least.
std::vector<std::string> Untimed(const Totals& totals) {
  std::vector<std::string> names;
  for (const auto& [action, work] : totals.to_do) {
    if (work.seconds.unknown > 0) names.push_back(action);
  }
  return names;
}

absl::StatusOr<std::string> FormatTotals(const Totals& totals,
                                         ArtifactStore& store) {
  std::string text = absl::StrCat(totals.present, " present (",
                                  FormatBytes(totals.present_bytes), "), ");
  if (totals.not_needed > 0) {
    absl::StrAppend(&text, totals.not_needed, " not needed, ");
  }
  absl::StrAppend(&text, totals.all.actions, " to do");
  if (totals.all.seconds.known > 0) {
    absl::StrAppend(&text, " in about ",
                    FormatDuration(totals.all.seconds.amount));
    const std::vector<std::string> untimed = Untimed(totals);
    if (!untimed.empty()) {
      absl::StrAppend(&text, "\nand the unknown time of ",
                      absl::StrJoin(untimed, ", "));
    }
  }
  if (totals.all.actions > 0) {
    ASSIGN_OR_RETURN(const std::uint64_t free,
                     store.files().FreeSpaceBytes(store.root()));
    absl::StrAppend(&text, "; ", FormatBytes(free), " of disk free");
  }
  return text + "\n";
}

// The nodes, and all that they are made from.
std::vector<bool> WithInputs(const Plan& plan, const std::vector<int>& nodes) {
  std::vector<bool> chosen(plan.nodes().size(), false);
  for (const int node : nodes) chosen[node] = true;
  // Inputs come before what reads them.
  for (int i = static_cast<int>(plan.nodes().size()) - 1; i >= 0; --i) {
    if (!chosen[i]) continue;
    for (const auto& [name, input] : plan.nodes()[i].inputs) {
      chosen[input] = true;
    }
  }
  return chosen;
}

absl::StatusOr<int> FindByKey(const Plan& plan, absl::string_view key) {
  std::vector<std::string> found;
  int index = 0;
  for (int i = 0; i < static_cast<int>(plan.nodes().size()); ++i) {
    const Plan::Node& node = plan.nodes()[i];
    if (node.ids.count(std::string(key)) == 0 &&
        (key.size() < kMinKeyDigits ||
         !absl::StartsWithIgnoreCase(node.key.ToHex(), key))) {
      continue;
    }
    found.push_back(
        absl::StrCat(node.key.ToHex(), " ", Printable(node.label())));
    index = i;
  }
  if (found.size() == 1) return index;
  if (found.empty()) {
    return absl::NotFoundError(
        absl::StrCat("no action of the plan has the key or id \"",
                     Printable(key), "\"; name at least ", kMinKeyDigits,
                     " digits of one of those that --list shows"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", Printable(key), "\" is short for ", found.size(),
                   " keys:\n", absl::StrJoin(found, "\n")));
}

// What the store has of it.
absl::StatusOr<std::string> DescribeStored(const ArtifactId& id,
                                           ArtifactStore& store) {
  const absl::StatusOr<ArtifactManifest> manifest =
      store.Find(id, Verification::kChecksums);
  if (absl::IsNotFound(manifest.status())) {
    ASSIGN_OR_RETURN(const std::string size,
                     SizeOf(store.files(), store.PartialDirectoryOf(id)));
    return size.empty() ? std::string("stored   no\n")
                        : absl::StrCat("stored   ", size, " unfinished in ",
                                       store.PartialDirectoryOf(id), "\n");
  }
  if (absl::IsDataLoss(manifest.status())) {
    return absl::StrCat("stored   damaged: ", manifest.status().message(),
                        "\n");
  }
  RETURN_IF_ERROR(manifest);
  std::string text =
      absl::StrCat("stored   ", store.DirectoryOf(id), "\nmade     in ",
                   FormatDuration(manifest->wall_seconds), ", with up to ",
                   FormatBytes(manifest->peak_bytes), " of memory, ended ",
                   absl::FormatTime(absl::RFC3339_sec, manifest->finished,
                                    absl::UTCTimeZone()),
                   "\n");
  ASSIGN_OR_RETURN(const std::string facts, CanonicalJson(manifest->facts));
  if (!manifest->facts.empty())
    absl::StrAppend(&text, "facts    ", facts, "\n");
  for (const ArtifactFile& file : manifest->files) {
    absl::StrAppend(&text, "file     ", file.checksum.ToHex(), "  ",
                    Pad(FormatBytes(file.size_bytes), 8), Printable(file.name),
                    "\n");
  }
  return text;
}

}  // namespace

absl::StatusOr<std::string> FormatPlan(const Plan& plan, ArtifactStore& store,
                                       absl::string_view only, Charset charset,
                                       const SecondsEstimator& seconds) {
  ASSIGN_OR_RETURN(const std::vector<int> targets, plan.Select(only));
  PlanStates states(plan, store);
  for (const int target : targets) {
    RETURN_IF_ERROR(states.Demand(target, Verification::kSizes));
  }
  const std::vector<bool> is_shown = WithInputs(plan, targets);
  std::vector<std::vector<std::string>> rows = {
      {"state     ", "key     ", "size", "estimate", "action"}};
  Totals totals;
  for (int i = 0; i < static_cast<int>(plan.nodes().size()); ++i) {
    if (!is_shown[i]) continue;
    ASSIGN_OR_RETURN(const Row row, MakeRow(plan.nodes()[i], states[i], store,
                                            seconds, totals));
    rows.push_back({row.state, row.key, row.size, row.estimate, row.label});
  }
  ASSIGN_OR_RETURN(const std::string sum, FormatTotals(totals, store));
  return absl::StrCat(FormatTable(rows), FormatWork(totals, charset), sum);
}

std::string FormatPlanList(const Plan& plan) {
  std::string text;
  for (const Plan::Node& node : plan.nodes()) {
    absl::StrAppend(&text, ShortKey(node.key), "  ",
                    Printable(absl::StrJoin(node.ids, ", ")), "  ",
                    Printable(node.label()), "\n");
  }
  return text;
}

absl::StatusOr<std::string> ExplainKey(const Plan& plan, ArtifactStore& store,
                                       absl::string_view key) {
  ASSIGN_OR_RETURN(const int index, FindByKey(plan, key));
  const Plan::Node& node = plan.nodes()[index];
  ASSIGN_OR_RETURN(const std::string config,
                   CanonicalJson(node.recipe.config, JsonLayout::kIndented));
  std::string text =
      absl::StrCat(Printable(node.label()), "\nkey      ", node.key.ToHex(),
                   "\naction   ", node.recipe.action, ", version ",
                   node.recipe.version, "\nconfig   ", config, "\n");
  for (const auto& [name, input] : node.inputs) {
    const Plan::Node& source = plan.nodes()[input];
    absl::StrAppend(&text, "input    ", Printable(name), ": ",
                    source.key.ToHex(), "  ", Printable(source.label()), " (",
                    source.recipe.action, ")\n");
  }
  ASSIGN_OR_RETURN(const std::string stored,
                   DescribeStored(node.artifact(), store));
  return text + stored;
}

}  // namespace culturemert
