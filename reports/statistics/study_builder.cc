#include "reports/statistics/study_builder.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "reports/statistics/model_role.h"
#include "tools/base/hash/hash.h"

namespace culturemert {
namespace reports_internal {
namespace {

constexpr std::array<absl::string_view, 6> kDatasetOrder = {
    "makam", "hindustani", "carnatic", "lyra", "fma", "mtat"};

constexpr std::array<absl::string_view, 13> kExperimentOrder = {
    "baseline",
    "western_control",
    "multicultural_cpt",
    "single_culture_makam",
    "single_culture_hindustani",
    "single_culture_carnatic",
    "single_culture_lyra",
    "task_arithmetic",
    "merging_methods",
    "cpt_variants",
    "data_scaling",
    "layer_probing",
    "forgetting"};

template <typename Names>
std::size_t PlaceIn(const Names& names, absl::string_view name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) -
                                  names.begin());
}

bool HasSameScores(const ResultRecord& a, const ResultRecord& b) {
  return a.seeds == b.seeds &&
         std::equal(a.metrics.begin(), a.metrics.end(), b.metrics.begin(),
                    b.metrics.end(),
                    [](const MetricResult& x, const MetricResult& y) {
                      return x.metric == y.metric && x.values == y.values;
                    });
}

// Names that stand more than once get something behind them, by the first of
// `suffixes` that tells some of them apart, then by the next.
void MakeUnique(
    std::vector<std::string*> names,
    const std::vector<std::function<std::string(std::size_t)>>& suffixes) {
  for (const auto& suffix : suffixes) {
    std::map<std::string, std::vector<std::size_t>> places;
    for (std::size_t i = 0; i < names.size(); ++i) {
      places[*names[i]].push_back(i);
    }
    for (const auto& [name, members] : places) {
      if (members.size() < 2) continue;
      std::set<std::string> different;
      for (const std::size_t i : members) different.insert(suffix(i));
      if (different.size() < 2) continue;
      for (const std::size_t i : members) {
        absl::StrAppend(names[i], " (", suffix(i), ")");
      }
    }
  }
}

auto OrderOf(const StudyComparison& comparison) {
  return std::make_tuple(comparison.model, comparison.against,
                         comparison.dataset, comparison.record->metric);
}

class StudyBuilder {
 public:
  StudyBuilder(const ReportData& data, std::size_t begin, std::size_t end,
               std::vector<ReportNote>* conflicts)
      : data_(data), begin_(begin), end_(end), conflicts_(conflicts) {}

  Study Build() {
    study_.profile = RecordOf(begin_).profile;
    study_.pooling = data_.setups[begin_].pooling;
    for (std::size_t i = begin_; i < end_; ++i) {
      study_.records.push_back(i);
      AddDatasets(i);
      AddModels(i);
    }
    FindRoles();
    Sort();
    NameAll();
    study_.results.assign(
        study_.models.size(),
        std::vector<const ResultRecord*>(study_.datasets.size(), nullptr));
    for (std::size_t i = begin_; i < end_; ++i) {
      AddResults(i);
      AddComparisons(i);
      AddSeries(i);
    }
    std::stable_sort(study_.comparisons.begin(), study_.comparisons.end(),
                     [](const StudyComparison& a, const StudyComparison& b) {
                       return OrderOf(a) < OrderOf(b);
                     });
    FindBases();
    return std::move(study_);
  }

 private:
  using DatasetKey = std::tuple<std::string, Hash128, std::string, bool>;
  using ModelKey = std::tuple<std::string, std::string, std::string>;

  const Record& RecordOf(std::size_t i) const {
    return data_.records[i].record;
  }

  static DatasetKey KeyOf(const DatasetRecord& dataset) {
    return {dataset.name, dataset.ids_hash,
            absl::StrJoin(dataset.tags, absl::string_view("\0", 1)),
            dataset.synthetic};
  }

  ModelKey KeyOf(std::size_t record, const ModelRecord& model) const {
    return {model.label, model.weights_key, data_.setups[record].evaluation};
  }

  void AddDatasets(std::size_t i) {
    const std::vector<std::string>& western = data_.setups[i].western;
    for (const DatasetRecord& dataset : RecordOf(i).datasets) {
      const auto [place, is_new] =
          datasets_.emplace(KeyOf(dataset), study_.datasets.size());
      if (!is_new) continue;
      StudyDataset column;
      column.name = dataset.name;
      column.title = dataset.title.empty() ? dataset.name : dataset.title;
      column.origin = dataset.synthetic ? Origin::kSynthetic : Origin::kReal;
      column.is_western =
          western.empty() ? absl::AsciiStrToLower(dataset.culture) == "western"
                          : PlaceIn(western, dataset.name) < western.size();
      column.record = &dataset;
      study_.datasets.push_back(std::move(column));
    }
  }

  void AddModels(std::size_t i) {
    const Record& record = RecordOf(i);
    for (std::size_t k = 0; k < record.models.size(); ++k) {
      const ModelRecord& model = record.models[k];
      const auto [place, is_new] =
          models_.emplace(KeyOf(i, model), study_.models.size());
      if (is_new) {
        StudyModel row;
        row.label = model.label;
        row.title = model.title.empty() ? model.label : model.title;
        row.weights_key = model.weights_key;
        row.provenance = model.provenance;
        const auto& setups = data_.setups[i].models;
        const auto setup = setups.find(model.label);
        if (setup != setups.end()) row.setup = setup->second;
        study_.models.push_back(std::move(row));
        order_.push_back({PlaceIn(kExperimentOrder, record.experiment),
                          record.experiment, k});
      } else {
        // Where the first of the experiments in the order has it.
        order_[place->second] =
            std::min(order_[place->second],
                     {PlaceIn(kExperimentOrder, record.experiment),
                      record.experiment, k});
      }
      study_.models[place->second].records.push_back(i);
    }
  }

  void FindRoles() {
    for (StudyModel& model : study_.models) {
      const std::size_t record = model.records.front();
      model.role = RoleOf(model, data_.setups[record], RecordOf(record));
    }
  }

  // The floor first, by what it knows.
  auto ModelOrder(std::size_t i) const {
    constexpr std::array<absl::string_view, 3> kFloor = {"chance", "random",
                                                         "log_mel"};
    const StudyModel& model = study_.models[i];
    const std::size_t floor =
        model.role == ModelRole::kFloor ? PlaceIn(kFloor, model.label) : 0;
    return std::make_tuple(model.role, floor, order_[i], model.label,
                           model.weights_key, model.records);
  }

  auto DatasetOrder(std::size_t i) const {
    const StudyDataset& dataset = study_.datasets[i];
    return std::make_tuple(PlaceIn(kDatasetOrder, dataset.name),
                           dataset.is_western, dataset.title, dataset.origin,
                           dataset.record->ids_hash, i);
  }

  // Puts both lists in order, and `datasets_` and `models_` after them.
  void Sort() {
    Permute(study_.datasets, datasets_,
            [this](std::size_t i) { return DatasetOrder(i); });
    Permute(study_.models, models_,
            [this](std::size_t i) { return ModelOrder(i); });
  }

  template <typename T, typename Places, typename OrderOf>
  static void Permute(std::vector<T>& items, Places& places,
                      const OrderOf& order_of) {
    std::vector<std::size_t> order(items.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return order_of(a) < order_of(b);
    });
    std::vector<T> sorted;
    std::vector<std::size_t> place_of(items.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      place_of[order[i]] = i;
      sorted.push_back(std::move(items[order[i]]));
    }
    items = std::move(sorted);
    for (auto& [key, place] : places) place = place_of[place];
  }

  void NameAll() {
    std::vector<std::string*> models;
    for (StudyModel& model : study_.models) {
      model.name = model.title;
      models.push_back(&model.name);
    }
    const auto of_model = [this](std::size_t i) -> const StudyModel& {
      return study_.models[i];
    };
    MakeUnique(std::move(models),
               {[=](std::size_t i) { return of_model(i).label; },
                [=](std::size_t i) {
                  return absl::StrCat("configuration ",
                                      RecordOf(of_model(i).records.front())
                                          .configuration_hash.ToHex()
                                          .substr(0, 8));
                },
                [=](std::size_t i) {
                  return absl::StrCat("weights ", of_model(i).weights_key);
                },
                [](std::size_t i) { return absl::StrCat("row ", i + 1); }});
    std::vector<std::string*> datasets;
    for (StudyDataset& dataset : study_.datasets) {
      datasets.push_back(&dataset.title);
    }
    MakeUnique(std::move(datasets),
               {[this](std::size_t i) {
                  return std::string(OriginName(study_.datasets[i].origin));
                },
                [this](std::size_t i) { return study_.datasets[i].name; },
                [this](std::size_t i) {
                  return absl::StrCat(
                      "recordings ",
                      study_.datasets[i].record->ids_hash.ToHex().substr(0, 8));
                },
                [](std::size_t i) { return absl::StrCat("set ", i + 1); }});
  }

  // Where the record's model or dataset of that name stands in the study.
  std::size_t RowOf(std::size_t i, const std::string& label) const {
    for (const ModelRecord& model : RecordOf(i).models) {
      if (model.label == label) return models_.at(KeyOf(i, model));
    }
    return 0;  // CheckRecord lets no other label through.
  }

  std::size_t ColumnOf(std::size_t i, const std::string& name) const {
    for (const DatasetRecord& dataset : RecordOf(i).datasets) {
      if (dataset.name == name) return datasets_.at(KeyOf(dataset));
    }
    return 0;  // As above.
  }

  void AddResults(std::size_t i) {
    for (const ResultRecord& result : RecordOf(i).results) {
      const std::size_t row = RowOf(i, result.model);
      const std::size_t column = ColumnOf(i, result.dataset);
      const ResultRecord*& cell = study_.results[row][column];
      std::string& started = started_[{row, column}];
      const std::string now =
          RecordOf(i).timing.has_value() ? RecordOf(i).timing->started : "";
      if (cell == nullptr) {
        cell = &result;
        started = now;
        continue;
      }
      if (HasSameScores(*cell, result)) continue;
      const bool is_later = now >= started;
      conflicts_->push_back(
          {data_.records[i].path,
           absl::StrCat("has other scores of ", study_.models[row].name, " on ",
                        study_.datasets[column].title,
                        " than an earlier record; those of the later run are "
                        "shown")});
      if (is_later) {
        cell = &result;
        started = now;
      }
    }
  }

  void AddComparisons(std::size_t i) {
    for (const ComparisonRecord& comparison : RecordOf(i).comparisons) {
      study_.comparisons.push_back(
          {RowOf(i, comparison.model), RowOf(i, comparison.against),
           ColumnOf(i, comparison.dataset), &comparison});
    }
  }

  void AddSeries(std::size_t i) {
    for (const SeriesRecord& series : RecordOf(i).series) {
      std::vector<const SeriesRecord*>& same =
          series_[{series.name, series.label}];
      const bool is_there =
          std::any_of(same.begin(), same.end(), [&](const SeriesRecord* other) {
            return other->x == series.x && other->y == series.y;
          });
      if (is_there) continue;
      same.push_back(&series);
      study_.series.push_back({i, &series});
    }
  }

  void FindBases() {
    for (std::size_t i = 0; i < study_.models.size(); ++i) {
      StudyModel& model = study_.models[i];
      if (model.role == ModelRole::kBase) continue;
      for (std::size_t b = 0; b < study_.models.size() && !model.base; ++b) {
        const StudyModel& base = study_.models[b];
        if (base.role != ModelRole::kBase) continue;
        for (const std::size_t record : model.records) {
          if (std::find(base.records.begin(), base.records.end(), record) !=
              base.records.end()) {
            model.base = b;
          }
        }
      }
    }
  }

  const ReportData& data_;
  const std::size_t begin_;
  const std::size_t end_;
  std::vector<ReportNote>* const conflicts_;
  Study study_;
  std::map<DatasetKey, std::size_t> datasets_;
  std::map<ModelKey, std::size_t> models_;
  // Of each model, as added: experiment's place and name, place in its record.
  std::vector<std::tuple<std::size_t, std::string, std::size_t>> order_;
  std::map<std::pair<std::size_t, std::size_t>, std::string> started_;
  std::map<std::pair<std::string, std::string>,
           std::vector<const SeriesRecord*>>
      series_;
};

}  // namespace

Study BuildStudy(const ReportData& data, std::size_t begin, std::size_t end,
                 std::vector<ReportNote>* conflicts) {
  return StudyBuilder(data, begin, end, conflicts).Build();
}

}  // namespace reports_internal
}  // namespace culturemert
