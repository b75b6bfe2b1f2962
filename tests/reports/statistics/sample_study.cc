#include "tests/reports/statistics/sample_study.h"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/base/config/canonical_json.h"

namespace culturemert {
namespace {

using ::nlohmann::json;

constexpr int kSeeds = 2;

struct Row {
  const char* title;
  double gain;  // In ROC-AUC, over the base, on non-Western sets.
  const char* setup;
};

constexpr char kMix[] =
    R"({"kind":"pretrain","from":"base","cultures":["makam","lyra"],)"
    R"("replay":["western"])";

const std::map<std::string, Row>& Rows() {
  static const auto& rows = *new std::map<std::string, Row>{
      {"chance", {"Chance", -0.25, R"({"kind":"chance"})"}},
      {"log_mel", {"Log-mel statistics", -0.125, R"({"kind":"log_mel"})"}},
      {"base", {"Base model", 0, R"({"kind":"weights"})"}},
      {"western_control",
       {"Western control", 0.03125,
        R"({"kind":"pretrain","from":"base","cultures":["western"]})"}},
      {"multicultural_cpt", {"Multi-cultural CPT", 0.0625, "}"}},
      {"cpt_no_replay",
       {"without replay", 0.046875,
        R"(,"pretraining":["stages.0.replay_fraction=0"]})"}},
      {"cpt_seed_1",
       {"pre-training seed 1", 0.05859375, R"(,"pretraining":["seed=1"]})"}},
      {"cpt_10_percent",
       {"10 % of the audio", 0.015625, R"(,"fraction":0.1})"}},
      {"cpt_makam",
       {"CPT on makam", 0.03125,
        R"({"kind":"pretrain","from":"base","cultures":["makam"]})"}},
      {"task_arithmetic",
       {"Task arithmetic, λ = 0.2", 0.046875,
        R"({"kind":"merge","of":["cpt_makam"],)"
        R"("merge":{"method":"task_arithmetic","scale":0.2}})"}},
      {"task_arithmetic_1",
       {"Task arithmetic, λ = 1", -0.0625,
        R"({"kind":"merge","of":["cpt_makam"],)"
        R"("merge":{"method":"task_arithmetic","scale":1}})"}},
      {"ties",
       {"TIES", 0.03125,
        R"({"kind":"merge","of":["cpt_makam"],)"
        R"("merge":{"method":"ties","scale":1}})"}},
      {"base_layer_0",
       {"Base model, layer 0", -0.0625,
        R"({"kind":"weights","probing":["input=single","first_state=0"]})"}},
      {"base_layer_1",
       {"Base model, layer 1", -0.03125,
        R"({"kind":"weights","probing":["input=single","first_state=1"]})"}}};
  return rows;
}

json SetupOf(const std::string& label) {
  const std::string setup = Rows().at(label).setup;
  return json::parse(setup[0] == '{' ? setup : absl::StrCat(kMix, setup));
}

std::string ConfigurationText() {
  json configuration = {{"evaluation",
                         {{"datasets", {"makam", "lyra", "fma", "mtat"}},
                          {"western", {"fma", "mtat"}},
                          {"replicates", 10000},
                          {"protocol", {{"pooling", "mean_and_deviation"}}},
                          {"seeds", {3, 4}}}},
                        {"models", json::object()}};
  for (const auto& [label, row] : Rows()) {
    configuration["models"][label] = SetupOf(label);
  }
  return CanonicalJson(configuration).value();
}

DatasetRecord SampleDataset(const std::string& name, const std::string& title,
                            const std::string& culture) {
  DatasetRecord dataset;
  dataset.name = name;
  dataset.title = title;
  dataset.culture = culture;
  dataset.synthetic = name != "mtat";
  dataset.training_recordings = 30;
  dataset.validation_recordings = 10;
  dataset.test_recordings = 20;
  dataset.ids_hash = HashOfIds({name});
  dataset.tags = {"instrument: ney|oud", "mode: uşşak", "mode: rast"};
  dataset.tag_groups = {"instrument", "mode", "mode"};
  dataset.tag_positives = {5, 4, 0};
  return dataset;
}

MetricResult SampleMetric(const std::string& model, const std::string& dataset,
                          Metric metric) {
  MetricResult result;
  result.metric = metric;
  for (int seed = 0; seed < kSeeds; ++seed) {
    const double value = SampleScore(model, dataset, metric, seed);
    result.values.push_back(value);
    result.by_tag.push_back({value, value, std::nan("")});
  }
  result.mean = (result.values[0] + result.values[1]) / kSeeds;
  result.deviation =
      std::abs(result.values[0] - result.values[1]) / std::sqrt(2.0);
  result.low = result.mean - 0.03125;
  result.high = result.mean + 0.015625;
  result.scored_tags = 2;
  result.undefined_tags = 1;
  result.by_group = {{"instrument", 1, result.values},
                     {"mode", 1, result.values}};
  if (metric == Metric::kMicroF1) result.by_tag.clear();
  return result;
}

std::string WeightsKey(const std::string& label) {
  if (label == "chance" || label == "log_mel") return "";
  // Layers are those of the base's weights.
  return label.substr(0, 4) == "base" ? "0b5e"
                                      : absl::StrCat("weights-of-", label);
}

void AddModel(const std::string& label, Record* record) {
  record->models.push_back(
      {label, Rows().at(label).title, WeightsKey(label), "trained"});
  for (const DatasetRecord& dataset : record->datasets) {
    ResultRecord result;
    result.model = label;
    result.dataset = dataset.name;
    result.seeds = record->seeds;
    result.recordings = 20;
    for (const Metric metric : kMetrics) {
      result.metrics.push_back(SampleMetric(label, dataset.name, metric));
    }
    record->results.push_back(std::move(result));
  }
}

void AddComparisons(const std::string& model, const std::string& against,
                    Record* record) {
  for (const DatasetRecord& dataset : record->datasets) {
    for (const Metric metric : {Metric::kRocAuc, Metric::kAveragePrecision}) {
      ComparisonRecord comparison;
      comparison.model = model;
      comparison.against = against;
      comparison.dataset = dataset.name;
      comparison.metric = metric;
      comparison.kind = ComparisonKind::kPermutation;
      comparison.difference = SampleMetric(model, dataset.name, metric).mean -
                              SampleMetric(against, dataset.name, metric).mean;
      comparison.low = comparison.difference - 0.02;
      comparison.high = comparison.difference + 0.02;
      const bool is_clear = std::abs(comparison.difference) > 0.02;
      comparison.p = is_clear ? 0.001 : 0.4;
      comparison.p_holm = is_clear ? 0.004 : 1.0;
      record->comparisons.push_back(comparison);
    }
  }
}

void AddCost(const std::string& label, Record* record) {
  record->actions.push_back({"pretrain", WeightsKey(label)});
  record->timing->actions.push_back({1234.5, 3200000000, false});
  record->series.push_back({"training_loss",
                            label,
                            "update",
                            "loss a hidden frame, nats",
                            {0, 100, 399},
                            {4.5, 4, 3.5},
                            {},
                            {}});
}

void AddTokenSimilarity(Record* record) {
  for (const char* measure :
       {"js_mean", "js_first_book", "cosine_mean", "cosine_first_book"}) {
    record->series.push_back({absl::StrCat("token_similarity.", measure),
                              "makam and lyra",
                              "pair of datasets",
                              measure,
                              {0},
                              {0.4375},
                              {},
                              {}});
  }
}

}  // namespace

double SampleScore(const std::string& model, const std::string& dataset,
                   Metric metric, int seed) {
  const bool is_western = dataset == "fma" || dataset == "mtat";
  const double gain = Rows().at(model).gain;
  const double level = (metric == Metric::kRocAuc    ? 0.75
                        : metric == Metric::kMicroF1 ? 0.625
                                                     : 0.5) +
                       (dataset == "lyra"   ? 0.015625
                        : dataset == "fma"  ? -0.03125
                        : dataset == "mtat" ? 0.046875
                                            : 0);
  return level + (is_western ? -gain / 4 : gain) + seed * 0.0078125;
}

Record MakeStudyRecord(const std::string& experiment,
                       const std::vector<std::string>& models,
                       const std::string& started) {
  Record record;
  record.experiment = experiment;
  record.title = experiment;
  record.profile = "mini";
  record.data = DataKind::kMixed;
  record.configuration = ConfigurationText();
  record.configuration_hash = HashBytes(record.configuration);
  record.code = {"0123456789abcdef0123456789abcdef01234567", false};
  record.environment.compiler = "g++ 12.2.0";
  record.environment.libtorch = "2.11.0";
  record.environment.device = "cpu";
  record.environment.cpu_model = "a processor";
  record.seeds = {3, 4};
  for (const char* name : {"makam", "lyra", "western"}) {
    CorpusRecord corpus;
    corpus.name = name;
    corpus.culture = std::string(name) == "western" ? "Western" : name;
    corpus.recordings = 30;
    corpus.hours = 1.5;
    corpus.ids_hash = HashOfIds({name});
    corpus.synthetic = true;
    record.corpora.push_back(corpus);
  }
  record.datasets = {SampleDataset("makam", "Turkish-makam", "Turkish"),
                     SampleDataset("lyra", "Lyra & Λύρα_1", "Greek"),
                     SampleDataset("fma", "FMA", "Western"),
                     SampleDataset("mtat", "MagnaTagATune", "Western")};
  record.datasets[0].transductive = true;
  RecordTiming timing;
  timing.started = started;
  timing.finished = started;
  record.timing = timing;
  for (const std::string& label : models) AddModel(label, &record);
  return record;
}

std::vector<Record> SampleStudy() {
  const auto make = [](const char* experiment,
                       const std::vector<std::string>& models) {
    return MakeStudyRecord(experiment, models, "2026-11-22T19:50:19Z");
  };
  std::vector<Record> records;
  records.push_back(make("baseline", {"chance", "log_mel", "base"}));
  AddComparisons("base", "log_mel", &records.back());
  records.push_back(make("multicultural_cpt",
                         {"base", "western_control", "multicultural_cpt"}));
  AddComparisons("multicultural_cpt", "base", &records.back());
  AddComparisons("multicultural_cpt", "western_control", &records.back());
  AddComparisons("western_control", "base", &records.back());
  AddCost("western_control", &records.back());
  AddCost("multicultural_cpt", &records.back());
  records.push_back(make("single_culture_makam", {"base", "cpt_makam"}));
  AddComparisons("cpt_makam", "base", &records.back());
  AddCost("cpt_makam", &records.back());
  records.push_back(make(
      "task_arithmetic",
      {"base", "multicultural_cpt", "task_arithmetic", "task_arithmetic_1"}));
  AddComparisons("task_arithmetic", "base", &records.back());
  AddComparisons("task_arithmetic", "multicultural_cpt", &records.back());
  records.push_back(
      make("merging_methods", {"base", "task_arithmetic", "ties"}));
  AddComparisons("ties", "task_arithmetic", &records.back());
  records.push_back(make("cpt_variants", {"base", "multicultural_cpt",
                                          "cpt_seed_1", "cpt_no_replay"}));
  AddComparisons("cpt_no_replay", "multicultural_cpt", &records.back());
  records.push_back(
      make("data_scaling", {"base", "cpt_10_percent", "multicultural_cpt"}));
  AddComparisons("cpt_10_percent", "base", &records.back());
  records.push_back(
      make("layer_probing", {"base", "base_layer_0", "base_layer_1"}));
  records.push_back(make("forgetting", {"base", "multicultural_cpt"}));
  records.push_back(make("token_similarity", {}));
  records.back().datasets.clear();
  records.back().data = DataKind::kSynthetic;
  AddTokenSimilarity(&records.back());
  return records;
}

RecordList SampleRecordList() {
  RecordList list;
  for (const Record& record : SampleStudy()) {
    const std::string stem = absl::StrCat(
        "/results/records/", record.experiment, "-mini-20261122T195019Z");
    list.records.push_back({absl::StrCat(stem, "-00000000.json"),
                            absl::StrCat(stem, "-00000000.predictions"),
                            record});
  }
  return list;
}

}  // namespace culturemert
