using AkkaPrivacy.Connectors.Files;
using AkkaPrivacy.Connectors.Http;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Demo.Traffic;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>Makes the sources that options describe.</summary>
internal static class SourceFactory
{
    /// <summary>How to make a source for one run; nothing is opened by it.</summary>
    /// <param name="source">Its options.</param>
    /// <param name="standardInput">What to read when the path is <c>-</c>; null for the process's own.</param>
    /// <returns>A function that throws <see cref="SecretException"/> when a secret cannot be read.</returns>
    public static Func<IEventSource> Create(SourceOptions source, Stream? standardInput) => source.Kind switch
    {
        SourceKind.Http => () => new HttpIngestSource(new HttpIngestOptions
        {
            Listen = source.Http.Listen,
            Path = source.Http.Path,
            Spool = source.Http.Spool,
            Token = Secret.ReadText(source.Http.Token),
            MaxRequestBytes = source.Http.MaxRequestBytes,
            MaxLineBytes = source.MaxLineBytes,
            SpoolBytes = source.Http.SpoolBytes,
        }),
        SourceKind.Generator => () => new GeneratorSource(source.Generator.Traffic, source.Generator.Rate),
        _ => () => new LineFileSource(Files(source, standardInput)),
    };

    private static LineFileOptions Files(SourceOptions source, Stream? standardInput) => new()
    {
        Path = source.Path,
        MaxLineBytes = source.MaxLineBytes,
        Compression = source.Compression,
        QuotedRecords = source.Format == SourceFormat.Csv,
        HasHeading = source.HasHeading,
        Follow = source.Follow,
        Poll = source.Poll,
        QuietAfter = source.QuietAfter,
        Input = standardInput,
    };
}
