using System.Text.Json;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Tests.Hosting.Configuration;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Commands;

public sealed class CheckCommandTests : IDisposable
{
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task The_plan_of_the_access_log_states_costs_and_errors()
    {
        var result = await _program.RunAsync("check", TestProgram.AccessLogConf, "--json");
        var plan = result.Json();
        Assert.Equal((0, ""), (result.Code, result.Error));
        var visitors = Query(plan, "visitors-per-hour");
        Assert.Equal((0.25, 0.5), (Epsilon(visitors, "window_cost"), Epsilon(visitors, "period_cost")));
        Assert.Equal(new DiscreteLaplace(1, 250_000_000).HalfWidth(0.95), visitors.GetProperty("noise").GetProperty("half_width").GetInt64());
        var status = Query(plan, "requests-per-status");
        Assert.Equal((3, 4), (status.GetProperty("sensitivity").GetInt32(), status.GetProperty("known_keys").GetInt32()));
        Assert.Equal(new DiscreteLaplace(3, 450_000_000).HalfWidth(0.95), status.GetProperty("noise").GetProperty("half_width").GetInt64());
        var paths = Query(plan, "hits-per-path");
        var selection = new TruncatedGeometric(650_000_000, 1_000_000_000_000, 1);
        Assert.Equal((1.05, 1e-6), (Epsilon(paths, "window_cost"), paths.GetProperty("window_cost").GetProperty("delta").GetDouble()));
        Assert.Equal(selection.SubjectsFor(0.5), paths.GetProperty("key_selection").GetProperty("subjects_for_half").GetInt64());
        Assert.Equal(selection.SubjectsFor(1), paths.GetProperty("key_selection").GetProperty("subjects_for_certain").GetInt64());
        var period = plan.GetProperty("period");
        Assert.Equal((2, 0, true), (Epsilon(period, "cost"), Epsilon(period, "left"), period.GetProperty("fits").GetBoolean()));
        Assert.Equal(4, period.GetProperty("charged_windows").GetInt32());
    }

    [Fact]
    public async Task A_half_width_and_a_sensitivity_are_in_units_of_the_measure()
    {
        var conf = Path.Combine(Pipelines.Root(), "hocon", "reference.conf");
        var sales = Query((await _program.RunAsync("check", conf, "--json")).Json(), "sales-of-the-hour");
        Assert.Equal(100, sales.GetProperty("sensitivity").GetDecimal());
        Assert.Equal(new DiscreteLaplace(10_000, 200_000_000).HalfWidth(0.95) * 0.01m, sales.GetProperty("noise").GetProperty("half_width").GetDecimal());
    }

    [Theory]
    [InlineData(1.9, "hits-per-path", 1, 86_400)]
    [InlineData(0.6, "visitors-per-hour", 1, 3_600)]
    [InlineData(0.9, "visitors-per-hour", 2, 7_200)]
    public async Task A_budget_that_is_too_small_tells_from_which_window_on_releases_are_withheld(double budget, string query, int window, double end)
    {
        // The first hour asks for 0.25 and 0.45, the second for 0.25, the day for 1.05.
        var set = FormattableString.Invariant($"pipeline.account.budget.epsilon={budget}");
        var more = query == "visitors-per-hour" && window == 1 ? "pipeline.queries.visitors-per-hour.noise.epsilon=0.61" : "pipeline.confidence=0.9";
        var plan = (await _program.RunAsync("check", TestProgram.AccessLogConf, "--json", "--set", set, "--set", more)).Json();
        var withheld = plan.GetProperty("period").GetProperty("withheld_from").EnumerateArray().First(w => w.GetProperty("query").GetString() == query);
        Assert.Equal((window, end), (withheld.GetProperty("window").GetInt32(), withheld.GetProperty("window_end_seconds").GetDouble()));
        Assert.Contains(plan.GetProperty("warnings").EnumerateArray(), w => w.GetString()!.Contains($"'{query}' is withheld from window {window}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_epsilon_is_warned_of()
    {
        var result = await _program.RunAsync("check", TestProgram.AccessLogConf, "--set", "pipeline.account.budget.epsilon=11");
        Assert.Equal(0, result.Code);
        Assert.Contains("epsilon of 11 is above 10", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_text_is_plain_and_names_what_matters()
    {
        var text = (await _program.RunAsync("check", TestProgram.AccessLogConf)).Output;
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('│', text);
        string[] expected = ["token(purpose=analytics)", "user-agent-family", "domain(", "all rows of one 'client' within 1d", "epsilon 1.05, delta 1e-6", "status-class/01:00:00", "even chance from 21 subjects, surely from 41", "never overspent", "left when all is charged: epsilon 0"];
        Assert.All(expected, piece => Assert.Contains(piece, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mistakes_go_to_standard_error_with_exit_code_2()
    {
        var conf = _program.Write("bad.conf", "pipeline { name = \"a b\" }");
        var result = await _program.RunAsync("check", conf, "--json");
        Assert.Equal(2, result.Code);
        Assert.Contains($"{conf}:1:", result.Error, StringComparison.Ordinal);
        Assert.Contains("8 configuration errors", result.Error, StringComparison.Ordinal);
        var errors = result.Json().GetProperty("errors");
        Assert.Equal((8, "pipeline.name"), (errors.GetArrayLength(), errors.EnumerateArray().Single(e => e.GetProperty("message").GetString()!.Contains("'a b'", StringComparison.Ordinal)).GetProperty("key").GetString()));
    }

    [Fact]
    public async Task Files_that_include_each_other_are_an_error()
    {
        var conf = _program.Write("a.conf", "include \"b.conf\"");
        _program.Write("b.conf", "include \"a.conf\"");
        var result = await _program.RunAsync("check", conf);
        Assert.Equal(2, result.Code);
        Assert.Contains("include each other", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("frob")]
    [InlineData("check", "a.conf", "--sett", "x=y")]
    public async Task A_wrong_command_line_is_exit_code_2(params string[] arguments) =>
        Assert.Equal(2, (await _program.RunAsync(arguments)).Code);

    [Theory]
    [InlineData("--help", "Exit codes: 0 done")]
    [InlineData("run --help", "Ctrl-C drains")]
    [InlineData("check --help", "--set pipeline.queries")]
    public async Task Help_teaches(string arguments, string piece)
    {
        var result = await _program.RunAsync(arguments.Split(' '));
        Assert.Equal(0, result.Code);
        Assert.Contains(piece, result.Output, StringComparison.Ordinal);
    }

    private static JsonElement Query(JsonElement plan, string name) =>
        plan.GetProperty("queries").EnumerateArray().Single(query => query.GetProperty("name").GetString() == name);

    private static double Epsilon(JsonElement owner, string cost) => owner.GetProperty(cost).GetProperty("epsilon").GetDouble();
}
