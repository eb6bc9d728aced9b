using System.Diagnostics;
using System.Text.RegularExpressions;

namespace AkkaPrivacy.Tests.Docs;

/// <summary>The SDK's C# compiler, on a source that knows the product's assemblies as a user does: no internals.</summary>
internal static partial class Compiler
{
    /// <summary>Compiles a source, offline.</summary>
    /// <param name="source">The source.</param>
    /// <param name="cancellationToken">Ends the compiler.</param>
    /// <param name="more">Assemblies that it knows beside those of every build.</param>
    /// <returns>The errors, by line from 1.</returns>
    public static async Task<IReadOnlyList<(int Line, string Code)>> ErrorsAsync(string source, CancellationToken cancellationToken, params string[] more)
    {
        var folder = Directory.CreateTempSubdirectory("akkaprivacy-compile-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "Outside.cs"), source, cancellationToken);
            await File.WriteAllLinesAsync(
                Path.Combine(folder, "Outside.rsp"),
                ["-nologo", "-noconfig", "-nostdlib", "-target:library", "-langversion:latest", "-out:Outside.dll", "Outside.cs", .. References(more).Select(path => $"-r:\"{path}\"")],
                cancellationToken);
            var output = await RunAsync(folder, cancellationToken);
            return [.. Error().Matches(output).Select(error => (int.Parse(error.Groups["line"].Value), error.Groups["code"].Value)).Distinct()];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<string> References(string[] more) =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == RuntimeFolder || more.Contains(Path.GetFileName(path)) || Path.GetFileName(path) is
                "AkkaPrivacy.Engine.dll" or "AkkaPrivacy.Operators.dll" or "AkkaPrivacy.Ledger.dll" or "AkkaPrivacy.Storage.dll" or "AkkaPrivacy.Connectors.dll");

    private static string RuntimeFolder => Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private static async Task<string> RunAsync(string folder, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeFolder, "..", "..", ".."));
        var compiler = Directory.EnumerateDirectories(Path.Combine(root, "sdk"))
            .Select(sdk => Path.Combine(sdk, "Roslyn", "bincore", "csc.dll"))
            .Where(File.Exists)
            .Order(StringComparer.Ordinal)
            .Last();
        var start = new ProcessStartInfo(Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"), ["exec", compiler, "@Outside.rsp"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return output;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    [GeneratedRegex(@"Outside\.cs\((?<line>\d+),\d+\): error (?<code>CS\d+)")]
    private static partial Regex Error();
}
