// A configuration with every kind of field, nested in every way, for the tests
// and the fuzz target of the configuration library.

#ifndef CULTUREMERT_TESTS_TOOLS_BASE_CONFIG_SAMPLE_CONFIG_H_
#define CULTUREMERT_TESTS_TOOLS_BASE_CONFIG_SAMPLE_CONFIG_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/base/config/schema.h"

namespace culturemert {

enum class Decay { kConstant, kLinear, kCosine };

inline ConfigNames<Decay> ConfigNamesOf(Decay) {
  return {{Decay::kConstant, "constant"},
          {Decay::kLinear, "linear"},
          {Decay::kCosine, "cosine"}};
}

struct ReplaySample {
  double fraction = 0.2;
  std::string corpus = "western";

  bool operator==(const ReplaySample& other) const {
    return fraction == other.fraction && corpus == other.corpus;
  }

  static void Describe(ConfigSchema<ReplaySample>& schema) {
    schema.Struct("ReplaySample", "What of the old data is seen again.");
    schema
        .Field("fraction", &ReplaySample::fraction,
               "The part of each batch that is old.")
        .AtLeast(0)
        .Below(1);
    schema
        .Field("corpus", &ReplaySample::corpus,
               "The corpus that the old segments are drawn from.")
        .Required();
  }
};

struct StageSample {
  std::string name = "stage";
  double peak_learning_rate = 5e-4;
  std::int64_t steps = 1000;
  std::int64_t warm_up_steps = 100;
  Decay decay = Decay::kCosine;
  std::vector<std::string> trainable = {"transformer"};
  std::optional<ReplaySample> replay;

  bool operator==(const StageSample& other) const {
    return name == other.name &&
           peak_learning_rate == other.peak_learning_rate &&
           steps == other.steps && warm_up_steps == other.warm_up_steps &&
           decay == other.decay && trainable == other.trainable &&
           replay == other.replay;
  }

  static void Describe(ConfigSchema<StageSample>& schema) {
    schema.Struct("StageSample", "One phase of pre-training.");
    schema.Field("name", &StageSample::name, "What logs call the stage.")
        .Matches("[a-z][a-z0-9_]*");
    schema
        .Field("peak_learning_rate", &StageSample::peak_learning_rate,
               "The highest learning rate, reached after the warm-up.")
        .Unit("per step")
        .Above(0)
        .AtMost(1);
    schema.Field("steps", &StageSample::steps, "Updates of the weights.")
        .AtLeast(1)
        .AtMost(1'000'000);
    schema
        .Field("warm_up_steps", &StageSample::warm_up_steps,
               "Updates until the learning rate is at its peak.")
        .AtLeast(0);
    schema.Field("decay", &StageSample::decay,
                 "How the learning rate falls after its peak.");
    schema
        .Field("trainable", &StageSample::trainable,
               "The parts of the model that learn.")
        .OneOf({"transformer", "convolutions", "heads"})
        .MinSize(1)
        .MaxSize(3);
    schema.Field("replay", &StageSample::replay,
                 "Old data mixed in; null for none.");
    schema.Check([](const StageSample& stage, ConfigReport report) {
      if (stage.warm_up_steps > stage.steps) {
        report("warm_up_steps", "must not exceed steps");
      }
    });
  }
};

struct SampleConfig {
  std::string experiment;
  bool deterministic = true;
  int threads = 2;
  std::int64_t offset = -5;
  std::uint64_t seed = 18446744073709551615u;
  double temperature = 0.1;
  std::string note;
  Decay default_decay = Decay::kLinear;
  int sample_rate = 24000;
  std::optional<std::int64_t> limit;
  std::optional<std::string> comment;
  std::optional<std::vector<double>> thresholds;
  std::vector<double> weights = {0.5, 0.5};
  std::vector<bool> switches = {true, false};
  std::vector<std::uint64_t> seeds = {1, 2};
  std::vector<std::vector<int>> shapes = {{1, 2}, {}};
  std::map<std::string, double> mixing = {{"makam", 0.25}};
  std::map<std::string, bool> enabled;
  StageSample stage;
  std::vector<StageSample> stages = {StageSample()};
  std::map<std::string, StageSample> named_stages;
  std::map<std::string, std::vector<Decay>> decays;

  static void Describe(ConfigSchema<SampleConfig>& schema) {
    schema.Struct("SampleConfig",
                  "Every kind of field | with a pipe in its documentation.");
    schema
        .Field("experiment", &SampleConfig::experiment,
               "The name the results are filed under.")
        .Required();
    schema.Field("deterministic", &SampleConfig::deterministic,
                 "Whether equal seeds must give equal bits.");
    schema.Field("threads", &SampleConfig::threads, "Threads that load audio.")
        .Above(0)
        .Below(1025);
    schema.Field("offset", &SampleConfig::offset, "Any signed number.")
        .Unit("samples");
    schema.Field("seed", &SampleConfig::seed,
                 "Where all random numbers start from.");
    schema.Field("temperature", &SampleConfig::temperature,
                 "Any finite number.");
    schema.Field("note", &SampleConfig::note, "Any text.");
    schema.Field("default_decay", &SampleConfig::default_decay,
                 "The decay of stages that name none.");
    schema
        .Field("sample_rate", &SampleConfig::sample_rate,
               "What audio is resampled to.")
        .Unit("Hz")
        .OneOf({16000, 24000, 48000});
    schema
        .Field("limit", &SampleConfig::limit,
               "The most segments that are read; null for all.")
        .AtLeast(1);
    schema.Field("comment", &SampleConfig::comment, "Text, or none.");
    schema
        .Field("thresholds", &SampleConfig::thresholds,
               "Where predictions become tags; null to fit them.")
        .AtLeast(0)
        .AtMost(1)
        .MinSize(1);
    schema.Field("weights", &SampleConfig::weights, "The parts of a mixture.")
        .AtLeast(0)
        .AtMost(1)
        .MinSize(1)
        .MaxSize(4);
    schema.Field("switches", &SampleConfig::switches, "A list of truths.");
    schema.Field("seeds", &SampleConfig::seeds, "The seeds of the probes.")
        .AtLeast(1);
    schema.Field("shapes", &SampleConfig::shapes, "Lists within a list.")
        .AtLeast(0)
        .AtMost(7);
    schema
        .Field("mixing", &SampleConfig::mixing,
               "How much of a batch each culture makes up.")
        .AtLeast(0)
        .AtMost(1)
        .MinSize(1);
    schema.Field("enabled", &SampleConfig::enabled,
                 "Which data sets are evaluated.");
    schema.Field("stage", &SampleConfig::stage, "A struct in a struct.");
    schema.Field("stages", &SampleConfig::stages, "A list of structs.")
        .MinSize(1);
    schema.Field("named_stages", &SampleConfig::named_stages,
                 "A map of structs.");
    schema.Field("decays", &SampleConfig::decays, "A map of lists of names.");
    schema.Check([](const SampleConfig& config, ConfigReport report) {
      if (config.stages.size() * 100 < config.weights.size()) {
        report("", "there must be a stage for every hundred weights");
      }
      if (config.stages.front().steps == 13) {
        report("stages.0.steps", "must not be 13");
      }
    });
  }
};

// Valid text in which every optional, list and map holds something, each map
// under the key "some_key".
inline constexpr char kFullSample[] = R"json({
  "experiment": "full",
  "deterministic": false,
  "threads": 8,
  "offset": -9223372036854775808,
  "seed": 18446744073709551615,
  "temperature": -0.0,
  "note": "türkü \"uzun hava\"\n\u0001",
  "default_decay": "constant",
  "sample_rate": 48000,
  "limit": 9223372036854775807,
  "comment": "",
  "thresholds": [0.25, 1],
  "weights": [0.1, 0.2, 0.7],
  "switches": [true],
  "seeds": [18446744073709551615],
  "shapes": [[1, 2], [3]],
  "mixing": {"some_key": 0.5},
  "enabled": {"some_key": true},
  "stage": {
    "name": "whole",
    "peak_learning_rate": 1e-300,
    "steps": 10,
    "warm_up_steps": 5,
    "decay": "linear",
    "trainable": ["heads"],
    "replay": {"fraction": 0.5, "corpus": "old"}
  },
  "stages": [{
    "name": "first",
    "peak_learning_rate": 0.001,
    "steps": 20,
    "warm_up_steps": 0,
    "decay": "cosine",
    "trainable": ["heads", "transformer"],
    "replay": {"fraction": 0, "corpus": "older"}
  }],
  "named_stages": {"some_key": {
    "name": "second",
    "peak_learning_rate": 0.5,
    "steps": 30,
    "warm_up_steps": 1,
    "decay": "constant",
    "trainable": ["convolutions"],
    "replay": {"fraction": 0.75, "corpus": "oldest"}
  }},
  "decays": {"some_key": ["linear", "cosine"]}
})json";

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_TOOLS_BASE_CONFIG_SAMPLE_CONFIG_H_
