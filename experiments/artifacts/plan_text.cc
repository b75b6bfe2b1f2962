#include "experiments/artifacts/plan_text.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "absl/status/status.h"
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

struct Totals {
  int present = 0;
  std::uint64_t present_bytes = 0;
  int to_do = 0;
  int not_needed = 0;
  int without_estimate = 0;  // Of the time.
  ActionCost cost;
};

void AddTo(std::optional<double>& sum, const std::optional<double>& amount) {
  if (amount.has_value()) sum = sum.value_or(0) + *amount;
}

void AddTo(Totals& totals, const ActionCost& cost) {
  totals.without_estimate += cost.seconds.has_value() ? 0 : 1;
  AddTo(totals.cost.seconds, cost.seconds);
  AddTo(totals.cost.steps, cost.steps);
  AddTo(totals.cost.audio_seconds, cost.audio_seconds);
  AddTo(totals.cost.flops, cost.flops);
  AddTo(totals.cost.output_bytes, cost.output_bytes);
}

std::string Pad(const std::string& text, int columns) {
  return absl::StrCat(
      text, std::string(std::max(0, columns - CountColumns(text)), ' '));
}

std::string FormatRows(const std::vector<Row>& rows) {
  int size_columns = 0;
  int estimate_columns = 0;
  for (const Row& row : rows) {
    size_columns = std::max(size_columns, CountColumns(row.size));
    estimate_columns = std::max(estimate_columns, CountColumns(row.estimate));
  }
  std::string text;
  for (const Row& row : rows) {
    absl::StrAppend(&text, Pad(row.state, 10), "  ", Pad(row.key, 8), "  ",
                    Pad(row.size, size_columns), "  ",
                    Pad(row.estimate, estimate_columns), "  ", row.label, "\n");
  }
  return text;
}

// The size of what is there, "" for nothing.
absl::StatusOr<std::string> SizeOf(Files& files, const std::string& directory) {
  ASSIGN_OR_RETURN(const std::uint64_t bytes, TreeBytes(files, directory));
  return bytes == 0 ? std::string() : FormatBytes(bytes);
}

absl::StatusOr<Row> MakeRow(const Plan::Node& node, NodeState state,
                            ArtifactStore& store, Totals& totals) {
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
  ++totals.to_do;
  ASSIGN_OR_RETURN(const ActionCost cost, EstimateCost(node));
  if (cost.seconds.has_value()) row.estimate = FormatDuration(*cost.seconds);
  AddTo(totals, cost);
  return row;
}

std::string FormatCost(const Totals& totals, Charset charset) {
  std::vector<std::string> parts;
  const ActionCost& cost = totals.cost;
  if (cost.seconds.has_value()) {
    parts.push_back(
        absl::StrCat("about ", FormatDuration(*cost.seconds),
                     totals.without_estimate == 0
                         ? ""
                         : absl::StrCat(" and ", totals.without_estimate,
                                        " actions of unknown length")));
  }
  if (cost.steps.has_value()) {
    parts.push_back(
        absl::StrCat(FormatSignificant(*cost.steps, charset), " steps"));
  }
  if (cost.audio_seconds.has_value()) {
    parts.push_back(
        absl::StrCat(FormatDuration(*cost.audio_seconds), " of audio"));
  }
  if (cost.flops.has_value()) {
    parts.push_back(absl::StrFormat("%.2g FLOPs", *cost.flops));
  }
  return absl::StrJoin(parts, ", ");
}

absl::StatusOr<std::string> FormatTotals(const Totals& totals,
                                         ArtifactStore& store,
                                         Charset charset) {
  std::string text = absl::StrCat(totals.present, " present (",
                                  FormatBytes(totals.present_bytes), "), ",
                                  totals.to_do, " to do");
  if (totals.not_needed > 0) {
    absl::StrAppend(&text, ", ", totals.not_needed, " not needed");
  }
  const std::string cost = FormatCost(totals, charset);
  if (!cost.empty()) absl::StrAppend(&text, ": ", cost);
  if (totals.cost.output_bytes.has_value()) {
    ASSIGN_OR_RETURN(const std::uint64_t free,
                     store.files().FreeSpaceBytes(store.root()));
    absl::StrAppend(
        &text, cost.empty() ? ": " : ", ",
        FormatBytes(static_cast<std::uint64_t>(*totals.cost.output_bytes)),
        " of disk (", FormatBytes(free), " free)");
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
                                       absl::string_view only,
                                       Charset charset) {
  ASSIGN_OR_RETURN(const std::vector<int> targets, plan.Select(only));
  PlanStates states(plan, store);
  for (const int target : targets) {
    RETURN_IF_ERROR(states.Demand(target, Verification::kSizes));
  }
  const std::vector<bool> is_shown = WithInputs(plan, targets);
  std::vector<Row> rows = {{"state", "key", "size", "estimate", "action"}};
  Totals totals;
  for (int i = 0; i < static_cast<int>(plan.nodes().size()); ++i) {
    if (!is_shown[i]) continue;
    ASSIGN_OR_RETURN(Row row,
                     MakeRow(plan.nodes()[i], states[i], store, totals));
    rows.push_back(std::move(row));
  }
  ASSIGN_OR_RETURN(const std::string sum, FormatTotals(totals, store, charset));
  return absl::StrCat(FormatRows(rows), sum);
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
