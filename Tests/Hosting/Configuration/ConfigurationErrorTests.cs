using AkkaPrivacy.Hosting.Configuration;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Configuration;

public sealed class ConfigurationErrorTests
{
    private const string EpsilonRange = "a number from 1e-6 to 1e6";

    [Theory]
    [InlineData("epsilon = 2,", "epsilon = 0,", "pipeline.account.budget.epsilon", "found '0'", EpsilonRange)]
    [InlineData("epsilon = 2,", "epsilon = -1,", "pipeline.account.budget.epsilon", "found '-1'", EpsilonRange)]
    [InlineData("epsilon = 2,", "epsilon = NaN,", "pipeline.account.budget.epsilon", "found 'NaN'", EpsilonRange)]
    [InlineData("epsilon = 2,", "epsilon = Infinity,", "pipeline.account.budget.epsilon", "found 'Infinity'", EpsilonRange)]
    [InlineData("epsilon = 2,", "epsilon = 1e-300,", "pipeline.account.budget.epsilon", "found '1e-300'", EpsilonRange)]
    [InlineData("epsilon = 2,", "epsilon = 1e300,", "pipeline.account.budget.epsilon", "found '1e300'", EpsilonRange)]
    [InlineData("epsilon = 2,", "epsilon = 1e999,", "pipeline.account.budget.epsilon", "found '1e999'", EpsilonRange)]
    [InlineData("epsilon = 2,", "epsilon = [2],", "pipeline.account.budget.epsilon", "found a list", EpsilonRange)]
    [InlineData("delta = 1e-6 } }\n", "delta = 0.5 } }\n", "pipeline.account.budget.delta", "found '0.5'", "0, or a number from 1e-15 to 0.01")]
    [InlineData("epsilon = 2,", "rho = 0,", "pipeline.account.budget.rho", "found '0'", "a number from 1e-9 to 1e6")]
    [InlineData("epsilon = 2,", "rho = NaN,", "pipeline.account.budget.rho", "found 'NaN'", "a number from 1e-9 to 1e6")]
    [InlineData("epsilon = 2,", "epsilon = 2, rho = 1,", "pipeline.account.budget.epsilon", "found beside rho", "one of the two")]
    [InlineData("noise { epsilon = 0.25 } }\n    pages", "noise { mechanism = gaussian, epsilon = 0.25 } }\n    pages", "pipeline.queries.visitors.noise.delta", "missing", "beside epsilon, or rho alone")]
    [InlineData("noise { epsilon = 0.25 } }\n    pages", "noise { mechanism = gaussian, rho = 1e-300 } }\n    pages", "pipeline.queries.visitors.noise.rho", "found '1e-300'", "a number from 1e-9 to 1e6")]
    [InlineData("noise { epsilon = 0.25 } }\n    pages", "noise { mechanism = gaussian, rho = 0.1 } }\n    pages", "pipeline.queries.visitors.noise", "approximate account cannot hold", "give the budget a rho")]
    [InlineData("noise { epsilon = 0.25 } }\n    pages", "noise { epsilon = 0.25, rho = 1 } }\n    pages", "pipeline.queries.visitors.noise.rho", "no meaning", "of mechanisms gaussian and continual only")]
    [InlineData("epsilon = 0.5,", "epsilon = 0,", "pipeline.queries.pages.key-selection.epsilon", "found '0'", EpsilonRange)]
    [InlineData("windows = 2", "windows = 0", "pipeline.queries.visitors.bounds.windows", "found '0'", "a whole number from 1 to 24")]
    [InlineData("windows = 2", "windows = 25", "pipeline.queries.visitors.bounds.windows", "found '25'", "a whole number from 1 to 24")]
    [InlineData("windows = 2", "rows-per-group = 0", "pipeline.queries.visitors.bounds.rows-per-group", "found '0'", "from 1 to 1000000")]
    [InlineData("windows = 2", "groups = 2", "pipeline.queries.visitors.bounds.groups", "found 2", "allowed is 1")]
    [InlineData("window = 1h", "window = 7h", "pipeline.queries.visitors.window", "found '7h'", "from 1s to the accounting period of 1d that divides it")]
    [InlineData("window = 1h", "window = 2d", "pipeline.queries.visitors.window", "found '2d'", "from 1s to the accounting period of 1d")]
    [InlineData("window = 1h", "window = soon", "pipeline.queries.visitors.window", "found 'soon'", "units: ms, s, m, h, d")]
    [InlineData("upper = 1000", "upper = -1", "pipeline.queries.volume.clamp", "found the range from 0 to -1", "holds 0 and more")]
    [InlineData("field = bytes", "field = page", "pipeline.queries.volume", "'page' is not a number", "'bytes'")]
    [InlineData("group-by = [page]", "group-by = [pgae]", "pipeline.queries.pages.group-by", "'pgae' is not a field", "'page'")]
    [InlineData("group-by = [page]", "group-by = [visitor]", "pipeline.queries.pages.group-by", "'visitor' is a token", "one person")]
    [InlineData("key-selection { epsilon = 0.5, delta = 1e-6 }", "known-keys = [[a, b]]", "pipeline.queries.pages.known-keys", "a key of 2 parts", "keys of 1")]
    [InlineData("key-selection { epsilon = 0.5, delta = 1e-6 }", "known-keys = 5", "pipeline.queries.pages.known-keys", "found '5'", "a list of texts")]
    [InlineData("key-selection { epsilon = 0.5, delta = 1e-6 }", "known-keys = [a, a]", "pipeline.queries.pages.group-by", "listed twice", "")]
    [InlineData("key-selection { epsilon = 0.5, delta = 1e-6 },", "", "pipeline.queries.pages", "keys of query 'pages' are unknown", "known keys or select keys")]
    [InlineData(", treatment = token", "", "pipeline.data-map.visitor", "class direct-identifier needs a treatment", "tokenize, generalise or drop")]
    [InlineData("treatment = token", "treatment = tokn", "pipeline.data-map.visitor.treatment", "unknown treatment 'tokn'", "did you mean 'token'?")]
    [InlineData("treatment = token", "treatment = status-class", "pipeline.data-map.visitor", "too weak", "direct-identifier")]
    [InlineData("treatment = token", "treatment { token { purpse = x } }", "pipeline.data-map.visitor.treatment.token.purpse", "unknown key", "did you mean 'purpose'?")]
    [InlineData("type = integer, class = measure", "type = integer, class = measure, treatment = bucket", "pipeline.data-map.bytes.treatment.bucket.edges", "missing", "1 to 64 whole numbers")]
    [InlineData("type = integer, class = measure", "type = integer, class = measure, treatment { bucket { edges = [5, 1] } }", "pipeline.data-map.bytes.treatment.bucket.edges", "do not ascend", "1 to 64")]
    [InlineData("type = integer, class = measure", "type = text, class = measure", "pipeline.data-map.bytes", "a measure is of type integer or decimal", "")]
    [InlineData("subject = visitor", "subject = page", "pipeline.subject", "'page' has no treatment token", "the privacy unit is a token")]
    [InlineData("subject = visitor", "subject = time", "pipeline.subject", "'time' has no treatment token", "the privacy unit is a token")]
    [InlineData("subject = visitor", "subject = visitr", "pipeline.subject", "no field of the data map", "did you mean 'visitor'?")]
    [InlineData("name = site\n", "name = site, time.arrival = field\n", "pipeline.time.arrival", "no field of the data map has the role arrival", "event-time, ingest")]
    [InlineData("path = \"in.jsonl\"", "path = a }, throttle { rows-per-second = 10 }, time { arrival = ingest", "pipeline.source", "the source is throttled", "a field with the role 'arrival'")]
    [InlineData("type = json-lines", "type = json_lines", "pipeline.source.type", "found 'json_lines'", "'json-lines', 'combined-log', 'nginx-json', 'csv'")]
    [InlineData("type = json-lines", "type = csv, csv.delimiter = ab", "pipeline.source.csv.delimiter", "found 'ab'", "one printable ASCII character")]
    [InlineData("type = json-lines", "type = csv, csv.heading = false", "pipeline.source.csv.columns", "without a heading the columns must be named", "")]
    [InlineData("path = \"in.jsonl\"", "path = a, max-line = 1GB", "pipeline.source.max-line", "found '1GB'", "a size from 1KiB to 16MiB")]
    [InlineData("name = site\n", "name = \"a site\"\n", "pipeline.name", "found 'a site'", "a-z A-Z 0-9 . _ -")]
    [InlineData("name = \"site/a\"", "name = \"site//a\"", "pipeline.account.name", "found 'site//a'", "without empty parts")]
    [InlineData("name = site\n", "name = site, runtime.lanes = 65\n", "pipeline.runtime.lanes", "found '65'", "from 1 to 64")]
    [InlineData("name = site\n", "name = site, sample.rate = 0\n", "pipeline.sample.rate", "found '0'", "to 1")]
    [InlineData("name = site\n", "name = site, time.range { from = \"2026-01-02T00:00:00Z\", to = \"2026-01-01T00:00:00Z\" }\n", "pipeline.time.range.to", "not after 'from'", "later instant")]
    [InlineData("name = site\n", "name = site, sinks.a { type = sqlite-table, table = \"x;y\" }\n", "pipeline.sinks.a.table", "found 'x;y'", "a table name")]
    [InlineData("name = site\n", "name = site, querys {}\n", "pipeline.querys", "unknown key", "did you mean 'queries'?")]
    [InlineData("aggregate = sum", "aggregate = summ", "pipeline.queries.volume.aggregate", "found 'summ'", "'count', 'sum', 'distinct-subjects'")]
    [InlineData("group-by = [page]", "groupBy = [page], group-by = [page]", "pipeline.queries.pages.groupBy", "unknown key", "did you mean 'group-by'?")]
    [InlineData("bounds { windows = 2 }", "bounds = 2", "pipeline.queries.visitors.bounds", "found '2'", "an object { ... }")]
    public void A_mistake_is_shown_with_file_line_key_and_range(string piece, string by, string key, string found, string allowed)
    {
        var (text, line) = Pipelines.Replace(piece, by);
        var error = Pipelines.Errors(text).FirstOrDefault(e => e.Key == key);
        Assert.True(error is not null, $"No error at {key}, but:\n{string.Join('\n', Pipelines.Errors(text))}");
        Assert.Equal(("test.conf", line), (error.Origin.Source, error.Origin.Line));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_mistake_is_reported_once()
    {
        foreach (var (piece, by) in new[] { ("epsilon = 2,", "epsilon = 0,"), (", treatment = token", ""), ("windows = 2", "windows = 0"), ("subject = visitor", "subject = nobody"), ("upper = 1000", "upper = -1") })
        {
            Assert.Single(Pipelines.Errors(Pipelines.Replace(piece, by).Text));
        }
    }

    [Fact]
    public void All_mistakes_are_reported_at_once_in_order_of_line()
    {
        var text = Pipelines.Sound
            .Replace("epsilon = 2,", "epsilon = 0,", StringComparison.Ordinal)
            .Replace(", treatment = token", "", StringComparison.Ordinal)
            .Replace("group-by = [page]", "group-by = [nope]", StringComparison.Ordinal)
            .Replace("windows = 2", "windows = 0", StringComparison.Ordinal)
            .Replace("type = json-lines", "typ = json-lines", StringComparison.Ordinal);
        Assert.Equal(
            ["pipeline.source.type", "pipeline.source.typ", "pipeline.data-map.visitor", "pipeline.account.budget.epsilon", "pipeline.queries.visitors.bounds.windows", "pipeline.queries.pages.group-by"],
            Pipelines.Errors(text).Select(e => e.Key));
    }

    [Fact]
    public void Everything_missing_is_listed()
    {
        var keys = Pipelines.Errors("pipeline {}").Select(e => e.Key).ToList();
        string[] expected = ["account.name", "account.budget.epsilon", "subject", "source.type", "source.path", "data-map", "queries"];
        Assert.Equal(expected.Select(k => "pipeline." + k).Order(), keys.Order());
        Assert.Contains(Pipelines.Errors(""), e => e.Key == "pipeline" && e.Message.StartsWith("missing", StringComparison.Ordinal));
    }

    [Fact]
    public void A_mistake_on_the_command_line_names_its_option()
    {
        var error = Assert.Single(Pipelines.Errors(Pipelines.Sound, "pipeline.queries.visitors.noise.epsilon=0"));
        Assert.Equal(("--set pipeline.queries.visitors.noise.epsilon", 1), (error.Origin.Source, error.Origin.Line));
        var lost = Assert.Single(Pipelines.Errors(Pipelines.Sound, "queries.visitors.noise.epsilon=1"));
        Assert.Contains("begin with 'pipeline.'", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_of_a_log_are_checked_at_their_fields()
    {
        var text = Pipelines.Sound.Replace("json-lines", "combined-log", StringComparison.Ordinal);
        var errors = Pipelines.Errors(text);
        Assert.Equal(["pipeline.data-map.visitor", "pipeline.data-map.page"], errors.Select(e => e.Key));
        Assert.All(errors, e => Assert.Contains("the elements are client", e.Message, StringComparison.Ordinal));
    }
}
