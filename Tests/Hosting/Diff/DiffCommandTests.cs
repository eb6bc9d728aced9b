using System.Text.Json;
using AkkaPrivacy.Tests.Hosting.Commands;
using AkkaPrivacy.Tests.Hosting.Configuration;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Diff;

public sealed class DiffCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;
    private readonly string _old = Path.Combine(Pipelines.Root(), "hocon", "access-log.conf");

    [Fact]
    public async Task A_new_query_is_allowed_and_a_changed_one_is_refused()
    {
        using var program = new TestProgram();
        var same = await program.RunAsync("diff", _old, _old);
        Assert.Equal(0, same.Code);
        Assert.Contains("nothing changes", same.Output, StringComparison.Ordinal);

        var added = await program.RunAsync("diff", _old, New("pipeline.queries.more { aggregate = count, window = 1d, noise { epsilon = 0.1 } }"), "--json");
        var report = JsonDocument.Parse(added.Output).RootElement;
        Assert.Equal((0, true), (added.Code, report.GetProperty("allowed").GetBoolean()));
        Assert.Contains(report.GetProperty("queries").EnumerateArray(), query => query.GetProperty("change").GetString() == "new");

        var changed = await program.RunAsync("diff", _old, New("pipeline.queries.visitors-per-hour.noise.epsilon = 0.123"));
        Assert.Equal(2, changed.Code);
        Assert.Contains("Refused: query 'visitors-per-hour' would mean other numbers under the same name", changed.Output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string New(string line)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.conf");
        File.WriteAllText(file, File.ReadAllText(_old) + "\n" + line + "\n");
        return file;
    }
}
