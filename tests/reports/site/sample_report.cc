#include "tests/reports/site/sample_report.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr int kTags = 18;
constexpr int kSeeds = 2;

// In (-1, 1), the same on every machine.
double Noise(std::uint64_t a, std::uint64_t b, std::uint64_t c = 0) {
  constexpr RandomStream kRandom(7, StreamId("sample report"));
  return 2 * kRandom.Substream(a, b).UniformDouble(c) - 1;
}

struct ModelPlan {
  std::string label;
  std::string title;
  ModelRole role = ModelRole::kAdapted;
  double gain = 0;  // Over the base, on non-Western sets.
  ModelSetup setup;
};

struct SetPlan {
  std::string name;
  std::string title;
  std::string culture;
  bool is_western = false;
};

const std::vector<SetPlan>& Sets() {
  static const auto& sets = *new std::vector<SetPlan>{
      {"makam", "Turkish-makam", "Turkish", false},
      {"hindustani", "Hindustani", "Hindustani", false},
      {"carnatic", "Carnatic", "Carnatic", false},
      {"lyra", "Lyra (Λύρα)", "Greek", false},
      {"fma", "FMA", "Western", true},
      {"mtat", "MagnaTagATune", "Western", true}};
  return sets;
}

const std::vector<std::string>& Cultures() {
  static const auto& cultures =
      *new std::vector<std::string>{"makam", "hindustani", "carnatic", "lyra"};
  return cultures;
}

std::vector<ModelPlan> ModelPlans() {
  std::vector<ModelPlan> plans = {
      {"chance", "Chance", ModelRole::kFloor, -0.3, {}},
      {"log_mel", "Log-mel statistics", ModelRole::kFloor, -0.12, {}},
      {"base", "Base model", ModelRole::kBase, 0, {}},
      {"western_control", "Western control", ModelRole::kControl, 0.004, {}},
      {"multicultural_cpt",
       "Multi-cultural CPT",
       ModelRole::kAdapted,
       0.05,
       {}}};
  plans.back().setup.cultures = Cultures();
  for (const std::string& culture : Cultures()) {
    ModelPlan plan = {absl::StrCat("cpt_", culture),
                      absl::StrCat("CPT on ", culture),
                      ModelRole::kSingleCulture,
                      0.03,
                      {}};
    plan.setup.cultures = {culture};
    plans.push_back(plan);
  }
  for (const double scale : {0.2, 0.05, 0.1, 0.3, 0.5}) {
    ModelPlan plan = {
        absl::StrCat("task_arithmetic_", scale),
        absl::StrCat("Task arithmetic, λ = ", scale),
        scale == 0.2 ? ModelRole::kMerged : ModelRole::kMergeScale,
        0.05 - (scale - 0.2) * (scale - 0.2),
        {}};
    plan.setup.merge_scale = scale;
    plans.push_back(plan);
  }
  for (const double fraction : {0.1, 0.3}) {
    ModelPlan plan = {absl::StrCat("cpt_", fraction),
                      absl::StrCat(100 * fraction, " % of the audio"),
                      ModelRole::kFraction,
                      0.02 + 0.05 * fraction,
                      {}};
    plan.setup.fraction = fraction;
    plan.setup.cultures = Cultures();
    plans.push_back(plan);
  }
  for (const std::string of : {"base", "multicultural_cpt"}) {
    for (int layer = 0; layer < 3; ++layer) {
      ModelPlan plan = {absl::StrCat(of, "_layer_", layer),
                        absl::StrCat(of, ", layer ", layer),
                        ModelRole::kLayer,
                        -0.1 + 0.05 * layer,
                        {}};
      plan.setup.from = of;
      plan.setup.layer = layer;
      plans.push_back(plan);
    }
  }
  return plans;
}

class ReportMaker {
 public:
  explicit ReportMaker(const std::function<std::string(std::string)>& text)
      : text_(text), plans_(ModelPlans()) {}

  ReportData Make() {
    Head();
    Datasets();
    for (std::size_t i = 0; i < plans_.size(); ++i) Model(i);
    Comparisons();
    Series();
    Rest();
    data_.records.push_back(
        {"/records/all-mini.json", "/records/all-mini.predictions", record_});
    data_.setups.resize(1);
    data_.published = &PublishedResults::Get();
    data_.studies.push_back(MakeStudy(data_.records.front().record));
    data_.problems.push_back({"/records/old.json", RecordProblemKind::kSchema,
                              text_("/records/old.json: of schema 0")});
    data_.superseded.push_back({"/records/a.json", text_("b.json is newer")});
    data_.conflicts.push_back({"/records/a.json", text_("has other scores")});
    return std::move(data_);
  }

 private:
  void Head() {
    record_.experiment = "all";
    record_.title = text_("All experiments");
    record_.profile = "mini";
    record_.data = DataKind::kMixed;
    record_.configuration = absl::StrCat(
        R"({"question":")", JsonText(text_("What is gained?")), R"("})");
    record_.configuration_hash = HashBytes(record_.configuration);
    record_.code = {text_("0123456789abcdef"), true};
    record_.environment.compiler = text_("g++ 12.2.0");
    record_.environment.libtorch = text_("2.11.0");
    record_.environment.device = text_("cpu");
    record_.environment.decoders = {text_("libsndfile 1.2.0")};
    record_.environment.resampler = text_("libsoxr 0.1.3 HQ");
    record_.environment.cpu_model = text_("a processor");
    record_.environment.memory_bytes = 16000000000;
    record_.seeds = {3, 4};
  }

  static std::string JsonText(const std::string& text) {
    std::string escaped;
    for (const char character : text) {
      if (character == '"' || character == '\\') escaped.push_back('\\');
      escaped.push_back(character);
    }
    return escaped;
  }

  void Datasets() {
    for (const SetPlan& plan : Sets()) {
      DatasetRecord dataset;
      dataset.name = plan.name;
      dataset.title = text_(plan.title);
      dataset.culture = text_(plan.culture);
      dataset.synthetic = plan.name != "mtat";
      dataset.training_recordings = 70;
      dataset.validation_recordings = 20;
      dataset.test_recordings = 30;
      for (int tag = 0; tag < kTags; ++tag) {
        const char* const group = tag % 3 == 0   ? "makam"
                                  : tag % 3 == 1 ? "usul"
                                                 : "";
        dataset.tags.push_back(text_(absl::StrCat(group, ":İlahi ", tag)));
        dataset.tag_groups.push_back(*group == 0 ? "" : text_(group));
        dataset.tag_positives.push_back(tag);
      }
      record_.datasets.push_back(std::move(dataset));
    }
  }

  MetricResult Scores(std::size_t model, std::size_t set, Metric metric) {
    const ModelPlan& plan = plans_[model];
    double level = metric == Metric::kRocAuc ? 0.75 : 0.5;
    level += Sets()[set].is_western ? -plan.gain / 8 : plan.gain;
    MetricResult result;
    result.metric = metric;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      std::vector<double>& row = result.by_tag.emplace_back();
      double sum = 0;
      for (std::uint64_t tag = 0; tag + 1 < kTags; ++tag) {
        row.push_back(std::clamp(level + 0.15 * Noise(set, tag) +
                                     0.02 * Noise(model, tag, 10 + seed),
                                 0.0, 1.0));
        sum += row.back();
      }
      row.push_back(std::numeric_limits<double>::quiet_NaN());
      result.values.push_back(sum / (kTags - 1));
    }
    result.mean = (result.values[0] + result.values[1]) / 2;
    result.deviation = 0.004;
    result.low = result.mean - 0.02;
    result.high = result.mean + 0.02;
    result.scored_tags = kTags - 1;
    result.undefined_tags = 1;
    return result;
  }

  void Model(std::size_t i) {
    const ModelPlan& plan = plans_[i];
    const bool is_of_weights = plan.role != ModelRole::kFloor;
    const std::string weights =
        plan.setup.layer.has_value() ? plan.setup.from : plan.label;
    record_.models.push_back({plan.label, text_(plan.title),
                              is_of_weights ? text_(weights) : "",
                              text_("trained")});
    for (std::size_t set = 0; set < Sets().size(); ++set) {
      ResultRecord result;
      result.model = plan.label;
      result.dataset = Sets()[set].name;
      result.seeds = record_.seeds;
      result.recordings = 30;
      for (const Metric metric : kMetrics) {
        result.metrics.push_back(Scores(i, set, metric));
      }
      record_.results.push_back(std::move(result));
    }
  }

  const MetricResult& MetricOf(std::size_t model, std::size_t set,
                               std::size_t metric) const {
    return record_.results[model * Sets().size() + set].metrics[metric];
  }

  void Comparisons() {
    for (std::size_t i = 3; i < plans_.size(); ++i) {
      for (std::size_t set = 0; set < Sets().size(); ++set) {
        for (std::size_t metric = 0; metric < 2; ++metric) {
          ComparisonRecord comparison;
          comparison.model = plans_[i].label;
          comparison.against = "base";
          comparison.dataset = Sets()[set].name;
          comparison.metric = kMetrics[metric];
          comparison.kind = ComparisonKind::kPermutation;
          comparison.difference =
              MetricOf(i, set, metric).mean - MetricOf(kBase, set, metric).mean;
          comparison.low = comparison.difference - 0.02;
          comparison.high = comparison.difference + 0.02;
          comparison.p = 0.01;
          comparison.p_holm = *comparison.low > 0 ? 0.01 : 0.4;
          record_.comparisons.push_back(comparison);
        }
      }
    }
  }

  void Series() {
    for (std::uint64_t line = 0; line < 3; ++line) {
      SeriesRecord series;
      series.name = text_("training_loss");
      series.label = text_(absl::StrCat("pre-training ", line));
      series.x_label = text_("update");
      series.y_label = text_("loss a hidden frame, nats");
      for (std::uint64_t i = 0; i < 100; ++i) {
        series.x.push_back(static_cast<double>(i * 20));
        series.y.push_back(4 + 3 / (1 + 0.1 * static_cast<double>(i)) +
                           0.1 * Noise(line, i));
      }
      record_.series.push_back(std::move(series));
    }
    for (std::size_t a = 0; a < Sets().size(); ++a) {
      for (std::size_t b = a + 1; b < Sets().size(); ++b) {
        record_.series.push_back(
            {"token_similarity.js_mean",
             absl::StrCat(Sets()[a].name, " and ", Sets()[b].name),
             "pair of datasets",
             "js_mean",
             {0},
             {0.4 + 0.3 * Noise(a, b)},
             {},
             {}});
      }
    }
  }

  void Rest() {
    CorpusRecord corpus;
    corpus.name = "makam";
    corpus.culture = text_("Turkish");
    corpus.recordings = 70;
    corpus.hours = 1.5;
    corpus.synthetic = true;
    record_.corpora = {corpus};
    record_.notes = {{text_("tokenizer"), text_("k-means")}};
    record_.actions = {{text_("pretrain"), text_("0123")}};
    RecordTiming timing;
    timing.started = "2026-11-22T19:50:19Z";
    timing.finished = "2026-11-22T19:56:00Z";
    timing.actions = {{12.5, 1 << 30, false}};
    record_.timing = timing;
  }

  Study MakeStudy(const Record& record) const {
    Study study;
    study.profile = record.profile;
    study.records = {0};
    std::map<std::string, std::size_t> sets;
    for (std::size_t i = 0; i < record.datasets.size(); ++i) {
      const DatasetRecord& dataset = record.datasets[i];
      sets[dataset.name] = i;
      study.datasets.push_back(
          {dataset.name, dataset.title,
           dataset.synthetic ? Origin::kSynthetic : Origin::kReal,
           Sets()[i].is_western, &dataset});
    }
    std::map<std::string, std::size_t> models;
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      const ModelRecord& row = record.models[i];
      models[row.label] = i;
      StudyModel model;
      model.label = row.label;
      model.title = row.title;
      model.name = row.title;
      model.weights_key = row.weights_key;
      model.provenance = row.provenance;
      model.setup = plans_[i].setup;
      model.role = plans_[i].role;
      if (i != kBase) model.base = kBase;
      model.records = {0};
      study.models.push_back(std::move(model));
    }
    study.results.resize(study.models.size());
    for (const ResultRecord& result : record.results) {
      study.results[models[result.model]].push_back(&result);
    }
    for (const ComparisonRecord& comparison : record.comparisons) {
      study.comparisons.push_back({models[comparison.model],
                                   models[comparison.against],
                                   sets[comparison.dataset], &comparison});
    }
    for (const SeriesRecord& series : record.series) {
      study.series.push_back({0, &series});
    }
    return study;
  }

  static constexpr std::size_t kBase = 2;

  const std::function<std::string(std::string)> text_;
  const std::vector<ModelPlan> plans_;
  Record record_;
  ReportData data_;
};

}  // namespace

ReportData SampleReport(const std::function<std::string(std::string)>& text) {
  return ReportMaker(text).Make();
}

ReportData SampleReport() {
  return SampleReport([](std::string text) { return text; });
}

}  // namespace culturemert
