using System.Text.Json;
using AkkaPrivacy.Hosting.Commands;

namespace AkkaPrivacy.Tests.Hosting.Demo;

/// <summary>A directory with the demo's store, removed with the test.</summary>
public sealed class DemoFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;

    public string Store => System.IO.Path.Combine(Path, "demo.db");

    public StringWriter Output { get; } = new();

    public StringWriter Error { get; } = new();

    public Task<int> RunAsync(params string[] arguments) => CommandLine.RunAsync(["demo", .. arguments], Output, Error);

    public async Task<JsonElement> RunJsonAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        var code = await CommandLine.RunAsync(["demo", "--db", Store, "--json", .. arguments], output, Error);
        Xunit.Assert.Equal(0, code);
        using var json = JsonDocument.Parse(output.ToString());
        return json.RootElement.Clone();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
