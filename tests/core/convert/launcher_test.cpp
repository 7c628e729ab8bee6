// SPDX-License-Identifier: Apache-2.0
#include "convert/partition.h"

#include <QtTest>

#include <map>

using namespace shardlens;
using namespace shardlens::convert;

/// Which part a process is, by what it is told and what launchers leave in its environment.
class LauncherTest : public QObject {
    Q_OBJECT

private slots:
    void knowsWhichPartItIs() {
        using Variables = std::map<std::string, std::string>;
        const auto said = [](const std::string& text, const Variables& variables = {}) -> std::string {
            const auto parsed = parsePartition(text, [&](const char* name) -> std::optional<std::string> {
                const auto found = variables.find(name);
                return found == variables.end() ? std::nullopt : std::optional(found->second);
            });
            if (!parsed)
                return std::string(parsed.error().rule->id);
            return *parsed ? std::to_string((*parsed)->part) + "/" + std::to_string((*parsed)->parts)
                           : "none";
        };
        QCOMPARE(said(""), std::string("none"));
        QCOMPARE(said("2/4"), std::string("2/4"));
        for (const auto* bad : {"0/4", "5/4", "4", "/", "1/", "/1", "a/b", "1/2/3", "-1/2", "+1/2",
                                "1/99999999999", " 1/2", "1/2 ", "AUTO"})
            QCOMPARE(said(bad), std::string("convert.bad-option"));
        const Variables slurm{{"SLURM_PROCID", "2"}, {"SLURM_NTASKS", "8"}};
        QCOMPARE(said("auto", slurm), std::string("3/8"));
        QCOMPARE(said("auto", {{"RANK", "0"}, {"WORLD_SIZE", "2"}}), std::string("1/2"));
        QCOMPARE(said("auto", {{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}}), std::string("2/2"));
        // mpirun in a Slurm job: Slurm numbers the daemons.
        auto both = slurm;
        both.insert({{"OMPI_COMM_WORLD_RANK", "5"}, {"OMPI_COMM_WORLD_SIZE", "16"}});
        QCOMPARE(said("auto", both), std::string("6/16"));
        auto elastic = slurm;
        elastic.insert({{"RANK", "1"}, {"WORLD_SIZE", "4"}});
        QCOMPARE(said("auto", elastic), std::string("3/8"));
        elastic.emplace("TORCHELASTIC_RUN_ID", "x");
        QCOMPARE(said("auto", elastic), std::string("2/4"));
        auto script = slurm; // what sbatch starts is no process of srun, though it looks like the first
        script.emplace("SLURM_JOB_ID", "7");
        QCOMPARE(said("auto", script), std::string("convert.bad-option"));
        script.emplace("SLURM_STEP_ID", "0");
        QCOMPARE(said("auto", script), std::string("3/8"));
        QCOMPARE(said("auto"), std::string("convert.bad-option"));
        QCOMPARE(said("auto", {{"SLURM_PROCID", "8"}, {"SLURM_NTASKS", "8"}}),
                 std::string("convert.bad-option"));
        QCOMPARE(said("auto", {{"SLURM_PROCID", "x"}, {"SLURM_NTASKS", "8"}}),
                 std::string("convert.bad-option"));
    }
};

QTEST_GUILESS_MAIN(LauncherTest)
#include "launcher_test.moc"
