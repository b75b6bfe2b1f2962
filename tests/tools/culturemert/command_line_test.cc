#include "tools/culturemert/command_line.h"

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/culturemert/command.h"

ABSL_FLAG(std::string, tune, "none", "which tune to play");
ABSL_FLAG(bool, loud, false, "play it loud");
ABSL_FLAG(std::int32_t, times, 1, "how often");
ABSL_FLAG(std::vector<std::string>, voices, {}, "who sings");
ABSL_FLAG(bool, nonsense, false, "a flag whose name starts with no");

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class CommandLineTest : public testing::Test {
 protected:
  CommandLineTest() {
    absl::SetFlag(&FLAGS_tune, "none");
    absl::SetFlag(&FLAGS_loud, false);
    absl::SetFlag(&FLAGS_times, 1);
    absl::SetFlag(&FLAGS_voices, {"nobody"});
    absl::SetFlag(&FLAGS_nonsense, false);
    const auto run = [this](const std::vector<std::string>& arguments,
                            std::ostream& out) {
      ran_ = true;
      arguments_ = arguments;
      out << "played\n";
      return result_;
    };
    commands_ = {
        {"audio", "says what audio is", "", {}, run},
        {"audio play",
         "plays a tune",
         "--tune=NAME [FILE]",
         {"tune", "loud", "times", "voices", "nonsense"},
         run},
        {"doctor", "looks at the machine", "", {}, run},
    };
  }

  int Run(const std::vector<std::string>& words) {
    return RunCommandLine(words, commands_, out_, error_);
  }

  std::vector<Command> commands_;
  std::ostringstream out_;
  std::ostringstream error_;
  absl::Status result_;
  bool ran_ = false;
  std::vector<std::string> arguments_;
};

TEST_F(CommandLineTest, RunsTheCommandNamedByOneWordOrTwo) {
  EXPECT_EQ(Run({"doctor"}), kExitDone);
  EXPECT_TRUE(ran_);
  EXPECT_EQ(out_.str(), "played\n");
  EXPECT_THAT(error_.str(), IsEmpty());
  EXPECT_EQ(Run({"audio", "play", "x.wav"}), kExitDone);
  EXPECT_THAT(arguments_, ElementsAre("x.wav"));
  EXPECT_EQ(Run({"audio", "other"}), kExitDone);
  EXPECT_THAT(arguments_, ElementsAre("other"));
}

TEST_F(CommandLineTest, SetsFlagsInEveryForm) {
  EXPECT_EQ(Run({"audio", "play", "--tune=hicaz", "--times", "3", "--loud",
                 "-nonsense", "file"}),
            kExitDone);
  EXPECT_EQ(absl::GetFlag(FLAGS_tune), "hicaz");
  EXPECT_EQ(absl::GetFlag(FLAGS_times), 3);
  EXPECT_TRUE(absl::GetFlag(FLAGS_loud));
  EXPECT_TRUE(absl::GetFlag(FLAGS_nonsense));
  EXPECT_THAT(arguments_, ElementsAre("file"));
  EXPECT_EQ(Run({"audio", "play", "--noloud", "--nonsense=false", "--tune="}),
            kExitDone);
  EXPECT_FALSE(absl::GetFlag(FLAGS_loud));
  EXPECT_FALSE(absl::GetFlag(FLAGS_nonsense));
  EXPECT_EQ(absl::GetFlag(FLAGS_tune), "");
}

TEST_F(CommandLineTest, AListMayBeGivenPieceByPiece) {
  EXPECT_EQ(Run({"audio", "play", "--voices=ayse,fatma", "--voices", "meral"}),
            kExitDone);
  EXPECT_THAT(absl::GetFlag(FLAGS_voices),
              ElementsAre("ayse", "fatma", "meral"));
  EXPECT_EQ(Run({"audio", "play", "--voices=", "--voices=ayse"}), kExitDone);
  EXPECT_THAT(absl::GetFlag(FLAGS_voices), ElementsAre("ayse"));
}

TEST_F(CommandLineTest, TwoDashesEndTheFlags) {
  EXPECT_EQ(Run({"audio", "play", "-", "--", "--tune=x", "--help"}), kExitDone);
  EXPECT_THAT(arguments_, ElementsAre("-", "--tune=x", "--help"));
  EXPECT_EQ(absl::GetFlag(FLAGS_tune), "none");
}

TEST_F(CommandLineTest, WithoutWordsShowsUsageAndFails) {
  EXPECT_EQ(Run({}), kExitUsage);
  EXPECT_THAT(error_.str(), HasSubstr("usage: culturemert COMMAND"));
  EXPECT_THAT(error_.str(), HasSubstr("audio play"));
}

TEST_F(CommandLineTest, HelpListsTheCommands) {
  for (const char* word : {"help", "--help", "-h"}) {
    out_.str("");
    EXPECT_EQ(Run({word}), kExitDone);
    EXPECT_THAT(out_.str(), HasSubstr("doctor      looks at the machine"));
  }
  EXPECT_FALSE(ran_);
}

TEST_F(CommandLineTest, HelpOfACommandShowsItsFlagsAndDefaults) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"help", "audio", "play"},
           {"audio", "play", "--help"},
           {"audio", "play", "--tune=x", "-h"}}) {
    out_.str("");
    EXPECT_EQ(Run(words), kExitDone);
    EXPECT_THAT(out_.str(), HasSubstr("plays a tune"));
    EXPECT_THAT(out_.str(), HasSubstr("--tune      which tune to play "
                                      "(default: none)"));
  }
  EXPECT_FALSE(ran_);
}

TEST_F(CommandLineTest, AnUnknownCommandIsUsageWithTheNearestName) {
  EXPECT_EQ(Run({"docter"}), kExitUsage);
  EXPECT_THAT(error_.str(), HasSubstr("no command 'docter'"));
  EXPECT_THAT(error_.str(), HasSubstr("did you mean \"doctor\"?"));
  EXPECT_EQ(Run({"help", "nothing-like-it"}), kExitUsage);
}

TEST_F(CommandLineTest, AnUnknownFlagIsUsageWithTheNearestName) {
  EXPECT_EQ(Run({"audio", "play", "--tun=x"}), kExitUsage);
  EXPECT_THAT(error_.str(), HasSubstr("'audio play' has no flag --tun"));
  EXPECT_THAT(error_.str(), HasSubstr("did you mean \"tune\"?"));
  EXPECT_FALSE(ran_);
}

TEST_F(CommandLineTest, AFlagOfAnotherCommandIsRefused) {
  EXPECT_EQ(Run({"doctor", "--tune=x"}), kExitUsage);
  EXPECT_THAT(error_.str(), HasSubstr("'doctor' has no flag --tune"));
  EXPECT_FALSE(ran_);
}

TEST_F(CommandLineTest, NegatingAFlagThatIsNotBooleanIsRefused) {
  EXPECT_EQ(Run({"audio", "play", "--notune"}), kExitUsage);
  EXPECT_THAT(error_.str(), HasSubstr("no flag --notune"));
}

TEST_F(CommandLineTest, AValueThatDoesNotParseIsNamed) {
  for (const char* word :
       {"--times=many", "--times=", "--loud=perhaps", "--times=99999999999"}) {
    error_.str("");
    EXPECT_EQ(Run({"audio", "play", word}), kExitUsage) << word;
    EXPECT_THAT(error_.str(), HasSubstr(word));
  }
  EXPECT_FALSE(ran_);
}

TEST_F(CommandLineTest, AFlagWithoutItsValueIsRefused) {
  EXPECT_EQ(Run({"audio", "play", "--times"}), kExitUsage);
  EXPECT_THAT(error_.str(), HasSubstr("--times needs a value: how often"));
}

TEST_F(CommandLineTest, FailedWorkIsOneAndBadUsageIsTwo) {
  result_ = absl::DataLossError("a.pcm: checksum differs");
  EXPECT_EQ(Run({"doctor"}), kExitFailed);
  EXPECT_EQ(error_.str(), "culturemert doctor: a.pcm: checksum differs\n");
  error_.str("");
  result_ = UsageError("no such corpus");
  EXPECT_EQ(Run({"doctor"}), kExitUsage);
  EXPECT_THAT(error_.str(), HasSubstr("culturemert doctor: no such corpus\n"));
  EXPECT_THAT(error_.str(), HasSubstr("usage: culturemert doctor"));
}

TEST(RegistryTest, KeepsCommandsSortedAndRefusesASecondOfAName) {
  const auto run = [](const std::vector<std::string>&, std::ostream&) {
    return absl::OkStatus();
  };
  RegisterCommand({"b", "", "", {}, run});
  RegisterCommand({"a", "", "", {}, run});
  ASSERT_EQ(Commands().size(), 2u);
  EXPECT_EQ(Commands()[0].name, "a");
  EXPECT_EQ(Commands()[1].name, "b");
  EXPECT_DEATH(RegisterCommand({"a", "", "", {}, run}),
               "command 'a' is registered twice");
}

TEST(UsageErrorTest, IsToldFromOtherInvalidArguments) {
  EXPECT_TRUE(IsUsageError(UsageError("x")));
  EXPECT_FALSE(IsUsageError(absl::InvalidArgumentError("x")));
  EXPECT_FALSE(IsUsageError(absl::OkStatus()));
}

}  // namespace
}  // namespace culturemert
