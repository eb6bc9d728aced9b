using System.Globalization;
using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Hosting.Hocon;
using AkkaPrivacy.Hosting.Run;

namespace AkkaPrivacy.Hosting.Akka.Configuration;

/// <summary>Reads a node's configuration from a file and a command line.</summary>
internal static class ClusterLoader
{
    /// <summary>Reads, resolves and checks.</summary>
    /// <param name="request">The file and what is set above it.</param>
    /// <param name="storePath">The store, which the journal lies beside where none is named.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ConfigurationException">There are mistakes; all of them are listed.</exception>
    public static ClusterConfiguration Load(ClusterRequest request, string storePath)
    {
        try
        {
            return Bind(Resolve(request), new ReadContext(), $"Data Source={Path.GetFullPath(storePath)}.journal");
        }
        catch (HoconException exception)
        {
            throw new ConfigurationException([.. exception.Errors.Select(error => new ConfigurationError(error.Origin, string.Empty, error.Message))]);
        }
    }

    /// <summary>Checks a resolved tree and leaves the options that were asked for in the context.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="context">Collects mistakes and options.</param>
    /// <param name="journal">The journal where none is written.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ConfigurationException">There are mistakes; all of them are listed.</exception>
    internal static ClusterConfiguration Bind(HoconObject root, ReadContext context, string journal)
    {
        var section = Section.Root(context, root);
        _ = section.Child("vars");
        _ = section.Child("akka");
        var own = section.Child("akkaprivacy");
        _ = own.Child("dispatchers");
        var settings = ClusterSection.Read(own.Child("cluster"), journal);
        own.Done();
        section.Done("; settings of the node begin with 'akkaprivacy.cluster.', those of Akka.NET with 'akka.', values for substitutions with 'vars.'");
        var akka = AkkaBlock.Read(root, context);
        return context.Errors.Count == 0 ? new ClusterConfiguration(settings, akka) : throw new ConfigurationException(context.Errors);
    }

    private static HoconObject Resolve(ClusterRequest request)
    {
        var document = request.File is null ? HoconDocument.Empty : ConfigurationLoader.LoadFile(request.File);
        document = Override(document, "node.name", request.Node, "--node");
        document = Override(document, "node.port", request.Port?.ToString(CultureInfo.InvariantCulture), "--port");
        return (request.Seeds.Count == 0
            ? document
            : document.WithOverride("akkaprivacy.cluster.node.seeds", $"[{string.Join(',', request.Seeds.Select(ConfigurationLoader.Quote))}]", "--seed")).Resolve();
    }

    private static HoconDocument Override(HoconDocument document, string key, string? value, string origin) =>
        value is null ? document : document.WithOverride($"akkaprivacy.cluster.{key}", ConfigurationLoader.Quote(value), origin);
}
